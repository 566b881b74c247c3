import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible, visibleJson, visibleLine } from './visible.js';

test.each([
  ['\u001b[2J\u001b]0;owned\u0007', '␛[2J␛]0;owned␇'],
  ['a\rb', 'a␍b'],
  ['\u009b31m', '<U+009B>31m'],
  ['gnp.\u202etxt', 'gnp.<U+202E>txt'],
  ['one\ntwo\tthree', 'one\ntwo\tthree'],
  ['\u007f', '␡'],
  ['ein Stern ★ 星 🌟', 'ein Stern ★ 星 🌟'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('a line stays one, whatever a name holds', () => {
  expect(visibleLine('a\nb\tc')).toBe('a␊b␉c');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // eslint-disable-next-line no-control-regex -- what must not be left
      expect(visibleLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }),
  );
});

test('JSON for programs says the same, and nothing a terminal obeys', () => {
  expect(visibleJson({ file: 'a\u009b31m\u202egnp' })).toBe('{"file":"a\\u009b31m\\u202egnp"}');
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = visibleJson(value);
      // eslint-disable-next-line no-control-regex -- what must not be left
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
