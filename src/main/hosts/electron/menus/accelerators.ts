/** From a shortcut of the studio to an accelerator of Electron. Pure. */
import { parseShortcut } from '../../../../shared/contract/shortcuts.js';

const names: Readonly<Record<string, string>> = {
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  Enter: 'Return',
  '+': 'Plus',
};
const knownNames = /^(?:Space|Tab|Backspace|Delete|Insert|Home|End|PageUp|PageDown|F(?:[1-9]|1\d|2[0-4]))$/;
/** Letters, digits and the punctuation of a US keyboard; Electron knows no other characters. */
const knownCharacters = /^[\u0021-\u007e]$/;

/**
 * Null for keys Electron has no name for. Also null for keys without a modifier on a Mac, where the system would take them
 * from somebody who writes; elsewhere accelerators are only shown (`registerAccelerator: false`), and the page acts on them.
 */
export function acceleratorOf(shortcut: string, platform: NodeJS.Platform): string | null {
  const { mod, alt, shift, key } = parseShortcut(shortcut);
  if (platform === 'darwin' && !mod && !alt) return null;
  const name = names[key] ?? (knownNames.test(key) || knownCharacters.test(key) ? key : null);
  if (name === null) return null;
  return [...(mod ? ['CmdOrCtrl'] : []), ...(alt ? ['Alt'] : []), ...(shift ? ['Shift'] : []), name].join('+');
}
