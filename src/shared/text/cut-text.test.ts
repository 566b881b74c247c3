import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText, shortened } from './cut-text.js';

it('cuts between characters, never through one', () => {
  expect(cutText('abc', 2)).toBe('ab');
  expect(cutText('a🌟b', 2)).toBe('a');
  expect(cutText('a👩‍🚀b', 5)).toBe('a');
  expect(cutText('ne\u0301e', 2)).toBe('n');
  expect(cutText(`${'x'.repeat(1000)}🌟`, 1001)).toBe('x'.repeat(1000));
});

it('shortens with an ellipsis, spaces before it left out', () => {
  expect(shortened('a red circle', 12)).toBe('a red circle');
  expect(shortened('a red circle', 11)).toBe('a red circ…');
  expect(shortened('a red circle', 7)).toBe('a red…');
  expect(shortened('a🌟b', 3)).toBe('a…');
});

it('keeps a whole beginning of any text, and never half a surrogate pair', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.nat(700), (text, most) => {
      const cut = cutText(text, most);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(/[\ud800-\udbff]$/.test(cut) && /^[\udc00-\udfff]/.test(text.slice(cut.length))).toBe(false);
      if (text.length <= most) expect(cut).toBe(text);
    }),
  );
});
