/**
 * Shortcuts as text: modifiers, then one key, joined by `+`: `Mod+Shift+Z`, `Shift+?`, `Delete`, `Mod++`.
 * `Mod` is Ctrl, and Command on a Mac. Pure.
 */

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

interface Parsed {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

export function parseShortcut(shortcut: string): Parsed {
  const parts = shortcut.endsWith('++') ? [...shortcut.slice(0, -2).split('+'), '+'] : shortcut.split('+');
  const key = parts.at(-1)!;
  return { mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), key };
}

/** Characters that need Shift on some keyboards and none on others match by character alone. */
function isSymbol(key: string): boolean {
  return key.length === 1 && !/[a-z0-9]/i.test(key);
}

export function matchesShortcut(press: KeyPress, shortcut: string): boolean {
  const wanted = parseShortcut(shortcut);
  return (
    press.key.toLowerCase() === wanted.key.toLowerCase() &&
    (press.ctrlKey || press.metaKey) === wanted.mod &&
    press.altKey === wanted.alt &&
    (isSymbol(wanted.key) || press.shiftKey === wanted.shift)
  );
}

const names: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '⏎',
  Delete: 'Del',
  Backspace: '⌫',
  Escape: 'Esc',
};

/** The keys as a person reads them, one cap each. */
export function shortcutKeys(shortcut: string, mac = isMac()): string[] {
  const { mod, shift, alt, key } = parseShortcut(shortcut);
  return [
    ...(mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(shift ? ['⇧'] : []),
    names[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  ];
}

export function shortcutText(shortcut: string): string {
  return shortcutKeys(shortcut).join(' ');
}

function isMac(): boolean {
  return typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);
}
