import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinctWords, editDistance, unknownWords, withWord } from './unknown-words.js';

const manifest = { knownWords: ['a', 'red', 'circle', 'square', 'striped', 'blue', "it's"] };

describe('unknownWords', () => {
  test('names each unknown word, where it stands, and what is spelt alike', () => {
    expect(unknownWords('A Red cirlce, and a sqare', manifest)).toEqual([
      { word: 'cirlce', start: 6, end: 12, nearest: ['circle'] },
      { word: 'and', start: 14, end: 17, nearest: [] },
      { word: 'sqare', start: 20, end: 25, nearest: ['square'] },
    ]);
  });

  test('a word of one or two letters is like any other, so nothing is offered for it', () => {
    const known = { knownWords: ['a', 'in', 'is', 'boat'] };
    expect(unknownWords('I oat ix', known).map(({ nearest }) => nearest)).toEqual([[], ['boat'], []]);
  });

  test('what is spelt only half alike is another word', () => {
    const known = { knownWords: ['what', 'part', 'many', 'fish', 'fishes', 'discs'] };
    expect(unknownWords('want fishs', known).map(({ nearest }) => nearest)).toEqual([[], ['fish', 'fishes']]);
  });

  test('apostrophes, other scripts, digits and emoji are no trouble', () => {
    expect(unknownWords('it’s IT’S', manifest)).toEqual([]);
    expect(unknownWords('日本 🎨 3', manifest).map(({ word }) => word)).toEqual(['日本', '3']);
  });

  test('a pack that lists no words knows them all', () => {
    expect(unknownWords('xyzzy', { knownWords: [] })).toEqual([]);
  });

  test('positions cut the words out of the text, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        for (const { word, start, end, nearest } of unknownWords(text, manifest)) {
          expect(text.slice(start, end)).toBe(word);
          expect(nearest.length).toBeLessThanOrEqual(3);
        }
      }),
    );
  });
});

test('a word that stands there several times is one, and is replaced everywhere', () => {
  const text = 'a sqare, a zeppelin, and Sqare';
  const [square, zeppelin, and, ...others] = distinctWords(unknownWords(text, manifest));
  expect([square, zeppelin, and, others].map((places) => places!.length)).toEqual([2, 1, 1, 0]);
  expect(withWord(text, square!, 'square')).toBe('a square, a zeppelin, and square');
  expect(withWord(text, zeppelin!, 'boat')).toBe('a sqare, a boat, and Sqare');
});

describe('editDistance', () => {
  test.each([
    ['', 'abc', 3],
    ['circle', 'circle', 0],
    ['cirlce', 'circle', 1],
    ['sqare', 'square', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  test('says "more than the limit" without the exact number', () => {
    expect(editDistance('a', 'abcdefgh', 2)).toBeGreaterThan(2);
  });
});
