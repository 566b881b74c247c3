/** Ways into Explore, from a button, a menu or the keyboard. */
import { tools, type ToolTab } from './timeline-tools.svelte.js';
import { trials } from './trials/timeline-trial.svelte.js';
import { view } from '../board/view.svelte.js';

/** Opens Explore with this tool. A trial belongs to the tool it was made with. */
export function openTool(tab: ToolTab): void {
  if (tab !== tools.tab) trials.revert();
  tools.tab = tab;
  view.setMode('explore');
}

/** The timeline must be on the screen for its presentation to be. */
export function present(): void {
  view.setMode('explore');
  tools.presenting = true;
}
