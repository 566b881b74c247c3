/**
 * Which command a key press means. Typing in a field, and widgets with keys of their own, come first; presses of an input method
 * never come here (`state/shortcuts/key-events.ts`).
 */
import { isModalShown } from '../components/show-modal.js';
import type { ShortcutContext } from '../state/shortcuts/shortcut-map.js';
import { shortcutsOf, type KeyPress } from '../../shared/contract/shortcuts.js';
import { inActiveContexts } from './command-contexts.js';
import { commands, type Command } from './commands.js';

const fields =
  'input:not([type="range"]):not([type="checkbox"]):not([type="file"]), textarea, select, [contenteditable="true"]';
/** They use arrows, Home, End, Space and Enter themselves, never Delete. */
const widgets =
  'input[type="range"], [role="slider"], [role="separator"], [role="listbox"], [role="radiogroup"], [role="tablist"], [data-own-keys]';
/** While one is open nothing behind it moves. */
const layers = '[popover], dialog';
/** An open menu or dialog closes first; what lies above all only to be looked at, such as a picture of the film, stays out of it. */
const closing = ':popover-open:not([role="status"]), dialog[open]';
/** They open a dialog, and close it by the same keys; everything else waits until it is closed. */
const openDialogs: readonly string[] = ['palette', 'shortcuts', 'analyses', 'grid', 'compare-packs'];

/** What these keys mean now, wherever the focus is; null: nothing. */
export function meaningOf(keys: string): Command | null {
  const meant = inActiveContexts(commands.filter((command) => command.shortcuts.includes(keys)));
  // What can do nothing now leaves its keys to the context around it.
  return meant.find((command) => command.enabled()) ?? meant[0] ?? null;
}

/** What a press means wherever the focus is: by what the key writes, else by where it is. */
export function pressedCommand(press: KeyPress): Command | null {
  return shortcutsOf(press).flatMap((keys) => meaningOf(keys) ?? [])[0] ?? null;
}

/** What a key means in a part of the window with keys of its own; its buttons keep the keys that press or step them. */
export function surfaceCommandFor(event: KeyboardEvent, context: ShortcutContext): Command | null {
  const keys = shortcutsOf(event);
  const target = event.target instanceof Element ? event.target : null;
  const inWidget = (target?.closest('button, input, [role="radiogroup"]') ?? null) !== null;
  if (inWidget && event.key.length > 1 && !event.ctrlKey && !event.metaKey) return null;
  const own = commands.filter((command) => command.context === context);
  const meant = keys.flatMap((one) => own.find(({ shortcuts }) => shortcuts.includes(one)) ?? [])[0];
  return meant?.enabled() === true ? meant : null;
}

export function commandFor(event: KeyboardEvent): Command | null {
  if (event.defaultPrevented) return null;
  const target = event.target instanceof Element ? event.target : document.body;
  const inField = target.closest(fields) !== null;
  const wanted = pressedCommand(event);
  if (wanted === null) return null;
  if (event.key === 'Escape' && document.querySelector(closing) !== null) return null;
  if (isModalShown() && !openDialogs.includes(wanted.id)) return null;
  if (inField) return wanted.inFields ? wanted : null;
  const named = event.key.length > 1 && !event.ctrlKey && !event.metaKey;
  if (named && target.closest(layers) !== null) return null;
  if (named && event.key !== 'Delete' && target.closest(widgets) !== null) return null;
  // Enter presses the button that has the focus.
  if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && target.closest('button, summary, a') !== null)
    return null;
  // Somebody who has marked words wants those, not the image.
  if (wanted.id === 'copy-image' && (getSelection()?.toString() ?? '') !== '') return null;
  return wanted;
}
