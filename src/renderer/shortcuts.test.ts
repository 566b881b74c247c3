import { describe, expect, it } from 'vitest';
import { matchesShortcut, shortcutKeys, type KeyPress } from './shortcuts.js';

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
});
