import { assert, constantFrom, property, record, boolean, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalShortcut,
  matchesShortcut,
  parseShortcut,
  shortcutKeys,
  shortcutOf,
  shortcutText,
  type KeyPress,
} from './shortcuts.js';

function press(key: string, ...modifiers: ('ctrl' | 'meta' | 'shift' | 'alt')[]): KeyPress {
  return {
    key,
    ctrlKey: modifiers.includes('ctrl'),
    metaKey: modifiers.includes('meta'),
    shiftKey: modifiers.includes('shift'),
    altKey: modifiers.includes('alt'),
  };
}

describe('shortcuts', () => {
  it.each([
    [press('v'), 'V', true],
    [press('V', 'shift'), 'V', false],
    [press('v', 'ctrl'), 'V', false],
    [press('v', 'alt'), 'V', false],
    [press('Z', 'ctrl', 'shift'), 'Mod+Shift+Z', true],
    [press('z', 'ctrl'), 'Mod+Shift+Z', false],
    [press('z', 'meta'), 'Mod+Z', true],
    [press('?', 'shift'), 'Shift+?', true],
    [press('?'), 'Shift+?', true],
    [press('+', 'ctrl', 'shift'), 'Mod++', true],
    [press('=', 'ctrl'), 'Mod+=', true],
    [press('+', 'shift'), '+', true],
    [press('+', 'ctrl'), '+', false],
    [press('ArrowLeft'), 'ArrowLeft', true],
    [press('ArrowLeft', 'shift'), 'ArrowLeft', false],
    [press('0', 'ctrl'), 'Mod+0', true],
    [press('0', 'ctrl', 'shift'), 'Mod+0', false],
  ])('%o against %s: %s', (key, shortcut, matches) => {
    expect(matchesShortcut(key, shortcut)).toBe(matches);
  });

  it('shows the keys a person presses', () => {
    expect(shortcutKeys('Mod+Shift+Z', false)).toEqual(['Ctrl', '⇧', 'Z']);
    expect(shortcutKeys('Mod+Enter', true)).toEqual(['⌘', '⏎']);
    expect(shortcutKeys('Mod++', false)).toEqual(['Ctrl', '+']);
  });

  it('have one text for the same keys', () => {
    expect(['Shift+?', 'Shift+Mod+z', 'Mod+Shift++', '+', 'Alt+ß'].map(canonicalShortcut)).toEqual([
      '?',
      'Mod+Shift+Z',
      'Mod++',
      '+',
      'Alt+ß',
    ]);
    const keys = constantFrom('a', 'Z', '7', '+', '?', '[', 'ArrowLeft', 'Delete', 'F2', 'Space');
    assert(
      property(keys, boolean(), boolean(), boolean(), (key, mod, alt, shift) => {
        const text = [...(shift ? ['Shift'] : []), ...(mod ? ['Mod'] : []), ...(alt ? ['Alt'] : []), key].join('+');
        const once = canonicalShortcut(text);
        expect(canonicalShortcut(once)).toBe(once);
        expect(parseShortcut(once)).toMatchObject({ mod, alt });
      }),
    );
  });

  it('are told from a press, whose own text it matches', () => {
    const presses = record({
      key: constantFrom('a', 'Q', 'é', '5', '!', 'ArrowUp', 'Enter', ' ', '+'),
      ctrlKey: boolean(),
      metaKey: boolean(),
      shiftKey: boolean(),
      altKey: boolean(),
    });
    assert(
      property(presses, (pressed) => {
        const text = shortcutOf(pressed)!;
        expect(canonicalShortcut(text)).toBe(text);
        expect(matchesShortcut(pressed, text)).toBe(true);
        expect(matchesShortcut({ ...pressed, altKey: !pressed.altKey }, text)).toBe(false);
      }),
    );
  });

  it('are nothing while only modifiers are down, or a character is being composed', () => {
    for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process', 'Unidentified', '']) {
      expect(shortcutOf(press(key, 'ctrl'))).toBeNull();
    }
    assert(property(string(), (key) => void expect(() => shortcutOf(press(key))).not.toThrow()));
  });

  it.each([
    ['a French keyboard', { ...press('z', 'ctrl'), code: 'KeyW' }, 'Mod+Z'],
    ['a Russian keyboard', { ...press('я', 'ctrl'), code: 'KeyZ' }, 'Mod+Z'],
    ['a Greek keyboard', { ...press('β'), code: 'KeyB' }, 'B'],
    ['Arabic digits', { ...press('٢', 'ctrl'), code: 'Digit2' }, 'Mod+2'],
    ['Alt on a Mac', { ...press('ø', 'alt'), code: 'KeyO' }, 'Alt+O'],
    [
      'AltGr reported as Ctrl and Alt',
      { ...press('[', 'ctrl', 'alt'), code: 'Digit8', getModifierState: () => true },
      '[',
    ],
    ['a German letter', { ...press('ö'), code: 'Semicolon' }, 'Ö'],
    ['the space bar', press(' ', 'ctrl'), 'Mod+Space'],
  ])('follow the layout: %s', (_name, pressed, text) => {
    expect(shortcutOf(pressed)).toBe(text);
  });

  it('read as the platform writes them', () => {
    expect(shortcutText('Mod+Alt+Shift+PageUp', false)).toBe('Ctrl Alt ⇧ PgUp');
    expect(shortcutText('Mod+Alt+Shift+K', true)).toBe('⌘ ⌥ ⇧ K');
    expect(shortcutKeys('Shift+?', false)).toEqual(['?']);
  });
});
