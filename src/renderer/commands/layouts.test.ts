/** Every key of every command can be pressed on every layout, and means that command there. */
import { describe, expect, it } from 'vitest';
import { canonicalShortcut, parseShortcut, shortcutsOf, type KeyPress } from '../../shared/contract/shortcuts.js';
import { commands } from './commands.js';

const codes = [
  ...Array.from('1234567890', (digit) => `Digit${digit}`),
  ...['Minus', 'Equal'],
  ...Array.from('QWERTYUIOP', (letter) => `Key${letter}`),
  ...['BracketLeft', 'BracketRight'],
  ...Array.from('ASDFGHJKL', (letter) => `Key${letter}`),
  ...['Semicolon', 'Quote'],
  ...Array.from('ZXCVBNM', (letter) => `Key${letter}`),
  ...['Comma', 'Period', 'Slash'],
];

/** What the keys of `codes` write alone and with Shift; ◌ is a dead key. */
const layouts: Record<string, readonly [string, string]> = {
  'QWERTY, US': ["1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./", '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?'],
  'AZERTY, French': ['&é"\'(-è_çà)=azertyuiop◌$qsdfghjklmùwxcvbn,;:!', '1234567890°+AZERTYUIOP◌£QSDFGHJKLM%WXCVBN?./§'],
  'QWERTZ, German': ['1234567890ß◌qwertzuiopü+asdfghjklöäyxcvbnm,.-', '!"§$%&/()=?◌QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_'],
  'Cyrillic, Russian': [
    '1234567890-=йцукенгшщзхъфывапролджэячсмитьбю.',
    '!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,',
  ],
  Greek: ["1234567890-=;ςερτυθιοπ[]ασδφγηξκλ◌'ζχψωβνμ,./", '!@#$%^&*()_+:◌ΕΡΤΥΘΙΟΠ{}ΑΣΔΦΓΗΞΚΛ◌"ΖΧΨΩΒΝΜ<>?'],
  Dvorak: ["1234567890[]',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz", '!@#$%^&*(){}"<>PYFGCRL?+AOEUIDHTNS_:QJKXBMWVZ'],
};

const named = /^.{2,}$/u;

function pressesOf(layout: readonly [string, string]): KeyPress[] {
  return codes.flatMap((code, at) =>
    [false, true].map((shiftKey) => {
      const key = [...layout[shiftKey ? 1 : 0]][at]!;
      return { code, key: key === '◌' ? 'Dead' : key, shiftKey, ctrlKey: false, metaKey: false, altKey: false };
    }),
  );
}

describe.each(Object.entries(layouts))('on %s', (_name, layout) => {
  it('the table has a sign for each key', () => {
    expect([...layout[0]].length).toBe(codes.length);
    expect([...layout[1]].length).toBe(codes.length);
  });

  const presses = pressesOf(layout);
  const wanted = commands.flatMap(({ id, defaultShortcuts }) =>
    defaultShortcuts.map((shortcut) => [id, canonicalShortcut(shortcut)] as const),
  );

  it.each(wanted.filter(([, shortcut]) => !named.test(parseShortcut(shortcut).key)))(
    '%s has %s within reach',
    (_id, shortcut) => {
      const { mod, alt } = parseShortcut(shortcut);
      const all = presses.map((press) => ({ ...press, ctrlKey: mod, altKey: alt }));
      expect(all.some((press) => shortcutsOf(press).includes(shortcut))).toBe(true);
    },
  );
});

describe('what a press means', () => {
  const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  it.each([
    ['Ctrl and W in France closes, it does not undo', { key: 'w', code: 'KeyZ', ctrlKey: true }, ['Mod+W']],
    ['undo is where Z is written, in Germany', { key: 'z', code: 'KeyY', ctrlKey: true }, ['Mod+Z']],
    ['undo is at the place of Z, in Russia', { key: 'я', code: 'KeyZ', ctrlKey: true }, ['Mod+Z']],
    ['fit everything on a French keyboard', { key: 'à', code: 'Digit0', ctrlKey: true }, ['Mod+À', 'Mod+0']],
    [
      'the same with Shift, which writes the digit there',
      { key: '0', code: 'Digit0', ctrlKey: true, shiftKey: true },
      ['Mod+0', 'Mod+Shift+0'],
    ],
    ['a smaller brush beside P in Germany', { key: 'ü', code: 'BracketLeft' }, ['Ü', '[']],
    ['a larger brush beside P in Russia', { key: 'ъ', code: 'BracketRight' }, ['Ъ', ']']],
    ['a dead key is its place', { key: 'Dead', code: 'BracketLeft' }, ['[']],
    [
      'help in Russia, where Shift and the last key write a comma',
      { key: ',', code: 'Slash', shiftKey: true },
      [',', '?'],
    ],
    ['zoom in on a German plus key', { key: '+', code: 'BracketRight', ctrlKey: true }, ['Mod++', 'Mod+]']],
    ['M at the place of a semicolon is M', { key: 'm', code: 'Semicolon' }, ['M']],
    ['what an input method holds is nothing', { key: 'Process', code: 'BracketLeft' }, []],
  ])('%s', (_what, press, meant) => {
    expect(shortcutsOf({ ...plain, ...press })).toEqual(meant);
  });
});
