import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBoundedJson } from './bounded-json.js';

const bounds = { characters: 3_000_000, depth: 8 };

test('what fits its bounds is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      expect(parseBoundedJson(text, bounds)).toEqual(JSON.parse(text));
    }),
    { numRuns: 200 },
  );
});

test.each<[string, string, string]>([
  ['a million lists in each other', '['.repeat(1_000_000), 'it is nested more than 8 deep'],
  ['nine objects in each other', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'it is nested more than 8 deep'],
  ['far too much', ' '.repeat(3_000_001), 'it is too long'],
  ['no JSON', '{"a": ', 'it is not JSON'],
])('%s', (_name, text, message) => {
  expect(() => parseBoundedJson(text, bounds)).toThrow(message);
});

test('brackets inside words do not count', () => {
  const words = `${'['.repeat(20)}\\"${'{'.repeat(20)}`;
  expect(parseBoundedJson(`["${words}"]`, bounds)).toEqual([words.replaceAll('\\"', '"')]);
});
