/**
 * Shortcuts as text: modifiers, then one key, joined by `+`: `Mod+Shift+Z`, `?`, `Delete`, `Mod++`.
 * `Mod` is Ctrl, and Command on a Mac. Letters are named by what they write on the person's own layout, other keys by that or by
 * their place. Pure.
 */

/** What is read of a keyboard event. */
export interface KeyPress {
  key: string;
  /** Where the key is, in the names of a US keyboard: `KeyZ`, `Digit1`. */
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  /** AltGr, which some systems also report as Ctrl and Alt together, writes a character; it is no modifier. */
  getModifierState?: (modifier: string) => boolean;
}

export interface ParsedShortcut {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

export function parseShortcut(shortcut: string): ParsedShortcut {
  const parts = shortcut.endsWith('++') ? [...shortcut.slice(0, -2).split('+'), '+'] : shortcut.split('+');
  const key = shortcut === '+' ? '+' : parts.at(-1)!;
  return { mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), key };
}

/** Characters that need Shift on some keyboards and none on others are named by the character alone. */
function isSymbol(key: string): boolean {
  return [...key].length === 1 && !/[\p{L}\p{N}]/u.test(key) && key !== ' ';
}

/** The one text of all that mean the same keys: `shift+mod+z` → `Mod+Shift+Z`, `Shift+?` → `?`. */
export function canonicalShortcut(shortcut: string): string {
  return writeShortcut(parseShortcut(shortcut));
}

function writeShortcut({ mod, shift, alt, key }: ParsedShortcut): string {
  return [
    ...(mod ? ['Mod'] : []),
    ...(alt ? ['Alt'] : []),
    ...(shift && !isSymbol(key) ? ['Shift'] : []),
    capital(key),
  ].join('+');
}

/** Names of keys stay as they are, and letters whose capital is two, such as ß. */
function capital(key: string): string {
  const upper = key.toUpperCase();
  return [...key].length === 1 && [...upper].length === 1 ? upper : key;
}

const modifierKeys = new Set([
  'Control',
  'Shift',
  'Alt',
  'Meta',
  'AltGraph',
  'CapsLock',
  'NumLock',
  'ScrollLock',
  'Fn',
]);
const noKeys = new Set(['', 'Dead', 'Process', 'Unidentified', 'Compose']);

/** Where other layouts have letters, dead keys or other signs: what a US keyboard writes there, alone and with Shift. */
const places: Readonly<Record<string, readonly [string, string]>> = {
  ...Object.fromEntries(Array.from('0123456789', (digit) => [`Digit${digit}`, [digit, digit] as const])),
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Minus: ['-', '_'],
  Equal: ['=', '+'],
  Comma: [',', '<'],
  Period: ['.', '>'],
  Slash: ['/', '?'],
  Semicolon: [';', ':'],
  Quote: ["'", '"'],
  Backquote: ['`', '~'],
  Backslash: ['\\', '|'],
};

/**
 * Everything a press may mean, the likelier first: what the key writes on this layout, and for a key that writes no Latin letter
 * what stands at its place on a US keyboard. So `[` is beside P on a German keyboard too, where only AltGr writes one. Letters go
 * by the layout alone: Ctrl+W in France must never be Ctrl+Z.
 */
export function shortcutsOf(press: KeyPress): string[] {
  const written = shortcutOf(press);
  const place = places[press.code ?? ''];
  const isModifier = modifierKeys.has(press.key) || press.key === 'Process';
  if (place === undefined || isModifier || /^[a-z]$/i.test(press.key)) return written === null ? [] : [written];
  const { ctrlKey, metaKey, altKey, shiftKey } = press;
  const placed = writeShortcut({ mod: ctrlKey || metaKey, alt: altKey, shift: shiftKey, key: place[shiftKey ? 1 : 0] });
  return [...new Set([...(written === null ? [] : [written]), placed])];
}

/** What was pressed, as canonical text; null while only modifiers are down, or for what is no key of its own. */
export function shortcutOf(press: KeyPress): string | null {
  const key = keyOf(press);
  if (modifierKeys.has(key) || noKeys.has(key)) return null;
  const writes = press.getModifierState?.('AltGraph') === true && isSymbol(key);
  return writeShortcut({
    mod: (press.ctrlKey || press.metaKey) && !writes,
    alt: press.altKey && !writes,
    // A digit that only Shift writes, as on a French keyboard, is the digit.
    shift: press.shiftKey && !(/^[0-9]$/.test(key) && key === press.key && /^Digit/.test(press.code ?? '')),
    key: key === ' ' ? 'Space' : key,
  });
}

export function matchesShortcut(press: KeyPress, shortcut: string): boolean {
  return shortcutOf(press) === canonicalShortcut(shortcut);
}

/**
 * The character of the layout. Layouts that write no Latin letters, and Alt on a Mac, which composes other characters, leave
 * the keys where a Latin keyboard has them.
 */
function keyOf({ key, code = '', altKey }: KeyPress): string {
  const physical = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code);
  const latin = physical?.[1] ?? physical?.[2];
  if (latin === undefined || [...key].length !== 1) return key;
  const isLatin = /[\u0021-\u024f]/u.test(key);
  return isLatin && !(altKey && !/[\u0021-\u007e]/u.test(key)) ? key : latin;
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
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** The keys as a person reads them, one cap each. */
export function shortcutKeys(shortcut: string, mac: boolean): string[] {
  const { mod, shift, alt, key } = parseShortcut(shortcut);
  return [
    ...(mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(shift && !isSymbol(key) ? ['⇧'] : []),
    names[key] ?? capital(key),
  ];
}

export function shortcutText(shortcut: string, mac: boolean): string {
  return shortcutKeys(shortcut, mac).join(' ');
}
