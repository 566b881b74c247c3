/** Which command a key press means. Typing in a field, and widgets with keys of their own, come first. */
import { commands, type Command } from './commands.js';
import { matchesShortcut } from './shortcuts.js';

const fields =
  'input:not([type="range"]):not([type="checkbox"]):not([type="file"]), textarea, select, [contenteditable="true"]';
/** They use arrows, letters and Escape themselves. */
const widgets =
  'input[type="range"], [role="slider"], [role="separator"], [role="listbox"], [role="menu"], [role="radiogroup"], [role="tablist"], [popover], dialog, [data-own-keys]';

export function commandFor(event: KeyboardEvent): Command | null {
  if (event.defaultPrevented || event.isComposing) return null;
  const target = event.target instanceof Element ? event.target : document.body;
  const inField = target.closest(fields) !== null;
  const inWidget = target.closest(widgets) !== null;
  const wanted = commands.find((command) => command.shortcuts.some((shortcut) => matchesShortcut(event, shortcut)));
  if (wanted === undefined) return null;
  // An open menu or dialog closes first.
  if (event.key === 'Escape' && document.querySelector(':popover-open, dialog[open]') !== null) return null;
  if (inField) return wanted.inFields ? wanted : null;
  const plainKey = !(event.ctrlKey || event.metaKey);
  const typed = event.key.length === 1;
  if (inWidget && plainKey && !typed) return null;
  // Somebody who has marked words wants those, not the image.
  if (wanted.id === 'copy-image' && (getSelection()?.toString() ?? '') !== '') return null;
  return wanted;
}
