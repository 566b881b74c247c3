/** Keys no command may have, each with its reason. Pure. */
import { canonicalShortcut, parseShortcut } from '../../../shared/contract/shortcuts.js';

export interface ShortcutSituation {
  mac: boolean;
  /** The command works while somebody writes in a text field. */
  inFields: boolean;
}

const everywhere: Readonly<Record<string, string>> = {
  Tab: 'Tab goes from one control to the next.',
  'Shift+Tab': 'Tab goes from one control to the next.',
  Space: 'Space presses what has the focus, and held it pans the board.',
  'Shift+Space': 'Space presses what has the focus, and held it pans the board.',
  Escape: 'Esc closes what is open and cancels what is under way.',
  'Mod+V': 'These keys paste.',
  'Mod+X': 'These keys cut text.',
  'Mod+W': 'The window closes with these keys.',
  'Mod+Shift+W': 'The window closes with these keys.',
  'Mod+T': 'The browser opens a tab with these keys.',
  'Mod+Shift+T': 'The browser opens a tab with these keys.',
  'Mod+N': 'The browser opens a window with these keys.',
  'Mod+Shift+N': 'A new window opens with these keys.',
  'Mod+Tab': 'The browser changes tabs with these keys.',
  'Mod+Shift+Tab': 'The browser changes tabs with these keys.',
  'Mod+PageUp': 'The browser changes tabs with these keys.',
  'Mod+PageDown': 'The browser changes tabs with these keys.',
  'Mod+R': 'The window is loaded again with these keys.',
  'Mod+Shift+R': 'The window is loaded again with these keys.',
  F5: 'The window is loaded again with this key.',
  F11: 'The whole screen is filled with this key.',
  F12: 'The developer tools open with this key.',
  'Mod+Shift+I': 'The developer tools open with these keys.',
  'Alt+F4': 'The window closes with these keys.',
  'Mod+Q': 'The program ends with these keys.',
  ContextMenu: 'This key opens the menu of what has the focus.',
  PrintScreen: 'The system takes a picture of the screen with this key.',
};

const onMac: Readonly<Record<string, string>> = {
  'Mod+H': 'The system hides the window with these keys.',
  'Mod+M': 'The system minimises the window with these keys.',
  'Mod+Space': 'The system searches with these keys.',
  'Mod+`': 'The system changes windows with these keys.',
};

/** Why these keys cannot be a shortcut, a sentence a person reads; null when they can. */
export function reasonAgainst(shortcut: string, { mac, inFields }: ShortcutSituation): string | null {
  const keys = canonicalShortcut(shortcut);
  const reserved = everywhere[keys] ?? (mac ? onMac[keys] : undefined);
  if (reserved !== undefined) return reserved;
  const { mod, alt, key } = parseShortcut(keys);
  const isFunctionKey = /^F\d{1,2}$/.test(key);
  if (inFields && !mod && !alt && !isFunctionKey) {
    return 'This command also works while you write, so its keys need Ctrl, Command or Alt.';
  }
  return null;
}
