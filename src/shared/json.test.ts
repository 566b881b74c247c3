import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deepestJson, parseJson } from './json.js';

const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);

test('says what JSON.parse says', () => {
  const ordinary = fc.json().filter((text) => !/__proto__|constructor|prototype/.test(text));
  fc.assert(
    fc.property(ordinary, (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each(['__proto__', 'constructor', 'prototype'])('%s is no key, at any depth and however it is written', (key) => {
  const escaped = `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`;
  for (const written of [key, escaped]) {
    expect(() => parseJson(`{"${written}": 1}`)).toThrow(SyntaxError);
    expect(() => parseJson(`[1, {"a": {"b": [{"${written}": {}}]}}]`)).toThrow(SyntaxError);
  }
  expect(parseJson(`["${key}"]`)).toEqual([key]);
});

test('nesting has an end, and an end that is far away is no trouble', () => {
  expect(parseJson(nested(deepestJson))).toBeTruthy();
  expect(() => parseJson(nested(deepestJson + 2))).toThrow(/64 levels/);
  expect(() => parseJson(nested(1_000_000))).toThrow(SyntaxError);
});
