import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitText, wrapLines, wrapText } from './fit-text.js';

/** Every character is ten units wide. */
const widthOf = (text: string): number => [...text].length * 10;

describe('one line', () => {
  it('is whole where it fits, and ends in an ellipsis behind a whole character where it does not', () => {
    expect(fitText('a red circle', 120, widthOf)).toBe('a red circle');
    expect(fitText('a red circle', 110, widthOf)).toBe('a red circ…');
    expect(fitText('a red circle', 70, widthOf)).toBe('a red…');
    expect(fitText('👩‍🚀👩‍🚀', 50, widthOf)).toBe('👩‍🚀…');
    expect(fitText('abc', 5, widthOf)).toBe('a…');
    expect(fitText('', 5, widthOf)).toBe('');
    expect(fitText('abcdefg', 60, widthOf, '..')).toBe('abcd..');
  });

  it('is the longest that fits', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '🙂'), maxLength: 60 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 400 }), (text, room) => {
        const fitted = fitText(text, room, widthOf);
        expect(widthOf(fitted)).toBeLessThanOrEqual(room);
        if (fitted === text) return;
        const kept = [...fitted].length - 1;
        const next = `${[...text].slice(0, kept + 1).join('')}…`;
        expect(text.startsWith(fitted.slice(0, -1))).toBe(true);
        // Spaces before the ellipsis are left out, so that the next longer one may be no wider.
        if (!/ $/.test(next.slice(0, -1))) expect(widthOf(next)).toBeGreaterThan(room);
      }),
    );
  });
});

describe('wrapping', () => {
  it('breaks at spaces, and inside a word only when it alone is too long', () => {
    expect(wrapText('make the sky softer', 100, widthOf)).toEqual(['make the', 'sky softer']);
    expect(wrapText('incomprehensible', 60, widthOf)).toEqual(['incomp', 'rehens', 'ible']);
    expect(wrapText('one\n\ntwo', 100, widthOf)).toEqual(['one', '', 'two']);
    expect(wrapText('', 100, widthOf)).toEqual(['']);
  });

  it('keeps every line inside and every character in order', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '🙂'), maxLength: 60 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 200 }), (text, width) => {
        const lines = wrapText(text, width, widthOf);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(10, width));
        const letters = (all: string) => all.replaceAll(/[ \n]/g, '');
        expect(letters(lines.join(''))).toBe(letters(text));
      }),
    );
  });
});

it('as many lines as there is room for, the last one cut', () => {
  expect(wrapLines('make the sky softer', 80, widthOf, 3)).toEqual(['make the', 'sky', 'softer']);
  expect(wrapLines('make the sky softer', 80, widthOf, 2)).toEqual(['make the', 'sky sof…']);
  expect(wrapLines('one two three four', 50, widthOf, 2, '..')).toEqual(['one', 'two..']);
});
