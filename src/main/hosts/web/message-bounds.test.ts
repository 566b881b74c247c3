import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWithinBounds } from './message-bounds.js';
import { runs } from '../../../../tests/property-runs.js';

const bounds = { depth: 8, values: 10_000 };

test('every message this size passes, cut short or with something behind it does not', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        null,
        true,
        1,
        -1,
        0.5,
        200,
        -200,
        70_000,
        -70_000,
        2 ** 40,
        'words',
        'x'.repeat(300),
        new Date(0),
      ),
      fc.uint8Array({ maxLength: 400 }),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 18 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, fc.nat(), (one, cut) => {
      const message = encode(one);
      fc.pre(message.length < 5000);
      expect(isWithinBounds(message, bounds)).toBe(true);
      expect(isWithinBounds(message.subarray(0, cut % message.length), bounds)).toBe(false);
      expect(isWithinBounds(Uint8Array.of(...message, 0xc0), bounds)).toBe(false);
    }),
    { numRuns: runs(300) },
  );
});

test.each<[string, Uint8Array]>([
  ['nested millions deep', new Uint8Array(5_000_000).fill(0x91)],
  ['nested one too deep', Uint8Array.from([...Array<number>(9).fill(0x91), 0xc0])],
  ['a list of four thousand million', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0)],
  ['a map of four thousand million', Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff, 0xc0)],
  ['too many values', encode(Array<number>(20_000).fill(0))],
  ['the byte that begins nothing', Uint8Array.of(0xc1)],
  ['nothing', new Uint8Array()],
])('%s is refused', (_name, message) => {
  expect(isWithinBounds(message, bounds)).toBe(false);
});
