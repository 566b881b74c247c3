import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertBounded, parseJson } from './json.js';
import { runs } from '../../tests/property-runs.js';

const bounds = { characters: 3_000_000, depth: 8 };
const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);

/** As deep as asked for, and not made by recursion. */
function deep(depth: number, around: (inner: unknown) => unknown = (inner) => [inner]): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = around(value);
  return value;
}

/** What lies in lists and objects, at any depth. */
function countIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + 1 + countIn(inner), 0);
}

test('what fits its bounds is what JSON.parse makes of it', () => {
  const ordinary = fc.jsonValue({ maxDepth: 6 }).filter((one) => !/__proto__|or|type/.test(JSON.stringify(one)));
  fc.assert(
    fc.property(ordinary, (value) => {
      const text = JSON.stringify(value);
      expect(parseJson(text, bounds)).toEqual(JSON.parse(text));
      assertBounded(value, bounds);
      // Told before a value is made of it: as many as there are pass, one less does not.
      const values = countIn(value);
      for (const written of [text, JSON.stringify(value, null, 2)]) {
        expect(parseJson(written, { ...bounds, values })).toEqual(JSON.parse(text));
        if (values > 0) {
          const fewer = { ...bounds, values: values - 1 };
          expect(() => parseJson(written, fewer)).toThrow(`it holds more than ${values - 1} values`);
          expect(() => assertBounded(value, fewer)).toThrow(`it holds more than ${values - 1} values`);
        }
      }
    }),
    { numRuns: runs(300) },
  );
});

test.each<[string, string, string]>([
  ['a million lists in each other', '['.repeat(1_000_000), 'it is nested more than 8 deep'],
  ['nine objects in each other', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'it is nested more than 8 deep'],
  ['far too much', ' '.repeat(3_000_001), 'it is too long'],
  ['no JSON', '{"a": ', 'it is not JSON'],
])('%s', (_name, text, message) => {
  expect(() => parseJson(text, bounds)).toThrow(new SyntaxError(message));
});

test('brackets inside words do not count', () => {
  const words = `${'['.repeat(20)}\\"${'{'.repeat(20)}`;
  expect(parseJson(`["${words}"]`, bounds)).toEqual([words.replaceAll('\\"', '"')]);
});

test.each(['__proto__', 'constructor', 'prototype'])('%s is no key, at any depth and however it is written', (key) => {
  const escaped = `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`;
  for (const written of [key, escaped]) {
    for (const text of [`{"${written}": 1}`, `[1, {"a": {"b": [{"${written}": {}}]}}]`]) {
      expect(() => parseJson(text, bounds)).toThrow(`it has the key “${key}”, which nothing may be called`);
      expect(() => assertBounded(JSON.parse(text), bounds)).toThrow(SyntaxError);
      expect(parseJson(text, { ...bounds, keys: 'any' })).toEqual(JSON.parse(text));
    }
  }
  expect(parseJson(`["${key}"]`, bounds)).toEqual([key]);
});

test('nesting has an end, and an end that is far away is no trouble', () => {
  expect(parseJson(nested(8), bounds)).toBeTruthy();
  expect(() => parseJson(nested(10), bounds)).toThrow('nested more than 8 deep');
  assertBounded(deep(8), bounds);
  for (const around of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner, b: [] })]) {
    for (const depth of [9, 1_000_000])
      expect(() => assertBounded(deep(depth, around), bounds)).toThrow('nested more than 8 deep');
  }
});

test('what holds itself, the same thing a billion times, or nothing as often, is refused too', () => {
  const round: unknown[] = [];
  round.push(round);
  expect(() => assertBounded(round, bounds)).toThrow('nested more than 8 deep');
  const doubled = deep(30, (inner) => [inner, inner]);
  expect(() => assertBounded(doubled, { depth: 40, values: 1000 })).toThrow('it holds more than 1000 values');
  expect(() => assertBounded({ a: new Array(4_000_000_000) }, { depth: 40, values: 1000 })).toThrow('more than 1000');
});

test('bytes are one value, however many', () => {
  assertBounded({ bytes: new Uint8Array(50_000_000) }, { depth: 1, values: 1 });
});
