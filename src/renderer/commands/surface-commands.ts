/** Commands of the gallery's grid, the comparison and the presentation: only their keys, which the person can change, are theirs. */
import type { ShortcutContext } from '../state/shortcuts/shortcut-map.js';
import { command, type Command, type CommandGroup } from './command.js';
import { surfaces } from '../state/studio/surfaces.svelte.js';

type Row = readonly [id: string, label: string, ...shortcuts: string[]];

const gallery: readonly Row[] = [
  ['gallery-place', 'Place on the board', 'Enter'],
  ['gallery-star', 'Star, or take the star away', 'S'],
  ['gallery-copy-text', 'Copy the text', 'C'],
  ['gallery-trash', 'Move to the trash; delete for good in it', 'Delete', 'Backspace'],
  ['gallery-restore', 'Restore from the trash', 'R'],
  ['gallery-pick-all', 'Pick every picture', 'Mod+A'],
];

const comparing: readonly Row[] = [
  ['compare-slider', 'Slider', '1'],
  ['compare-side-by-side', 'Side by side', '2'],
  ['compare-flicker', 'Flicker', '3'],
  ['compare-difference', 'Difference', '4'],
  ['compare-swap', 'Swap before and after', 'X'],
  ['compare-left', 'Edge or view to the left', 'ArrowLeft'],
  ['compare-right', 'Edge or view to the right', 'ArrowRight'],
  ['compare-far-left', 'Edge or view far to the left', 'Shift+ArrowLeft'],
  ['compare-far-right', 'Edge or view far to the right', 'Shift+ArrowRight'],
  ['compare-up', 'View up', 'ArrowUp'],
  ['compare-down', 'View down', 'ArrowDown'],
  ['compare-nearer', 'Nearer', '+', '='],
  ['compare-farther', 'Farther', '-'],
  ['compare-fit', 'Fit', '0', 'F'],
  ['compare-accept', 'Accept the candidate that is compared', 'Enter'],
  ['compare-close', 'Close', 'C'],
];

const presenting: readonly Row[] = [
  ['present-play', 'Play or pause', 'K'],
  ['present-fewer', 'One token fewer', 'ArrowRight', 'ArrowDown'],
  ['present-more', 'One token more', 'ArrowLeft', 'ArrowUp'],
  ['present-far-fewer', 'Five tokens fewer', 'Shift+ArrowRight', 'Shift+ArrowDown'],
  ['present-far-more', 'Five tokens more', 'Shift+ArrowLeft', 'Shift+ArrowUp'],
  ['present-noise', 'To noise, t = 1', 'Home'],
  ['present-clean', 'To the clean picture, t = 0', 'End'],
  ['present-lanes', 'Curves or film', 'L'],
  ['present-seed', 'Other noise', 'N'],
];

function commandsOf(group: CommandGroup, context: ShortcutContext, rows: readonly Row[]): Command[] {
  return rows.map(([id, label, ...shortcuts]) =>
    command({
      id,
      label,
      group,
      context,
      shortcuts,
      enabled: () => surfaces.offers(id),
      run: () => surfaces.run(id),
    }),
  );
}

export const surfaceCommands: readonly Command[] = [
  ...commandsOf('Gallery', 'gallery', gallery),
  ...commandsOf('Comparison', 'comparing', comparing),
  ...commandsOf('Presentation', 'presenting', presenting),
];
