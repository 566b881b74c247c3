/** When each context of shortcuts is active, and how it is called. */
import { shortcutContexts, type ShortcutContext } from '../state/shortcuts/shortcut-map.js';
import { staging } from '../state/jobs/staging.svelte.js';
import { view, type ToolName } from '../state/board/view.svelte.js';

const maskTools: readonly ToolName[] = ['brush', 'eraser', 'mask-rectangle', 'lasso'];

export const isActive: Record<ShortcutContext, () => boolean> = {
  studio: () => true,
  candidates: () => staging.current !== null,
  masking: () => maskTools.includes(view.tool),
  // These have the keyboard to themselves while they have the focus: they ask `surfaceCommandFor`.
  gallery: () => false,
  comparing: () => false,
  presenting: () => false,
};

/** Those whose context is active, the context that goes first in front, otherwise in their own order. */
export function inActiveContexts<Item extends { readonly context: ShortcutContext }>(items: readonly Item[]): Item[] {
  return items
    .filter(({ context }) => isActive[context]())
    .sort((one, other) => shortcutContexts.indexOf(other.context) - shortcutContexts.indexOf(one.context));
}

/** Where its keys mean a command, as a person reads it. */
export const contextWords: Record<ShortcutContext, string> = {
  studio: 'everywhere',
  masking: 'with a mask tool',
  candidates: 'while candidates wait',
  gallery: 'in the gallery',
  comparing: 'while comparing',
  presenting: 'while presenting',
};
