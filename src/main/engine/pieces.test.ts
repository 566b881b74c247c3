import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inPieces, PieceReader } from './pieces.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const message = fc.record({
  type: fc.constant('run'),
  request: fc.record({
    base: fc.record({ image: bytes, mask: fc.option(bytes) }),
    images: fc.array(bytes, { maxLength: 3 }),
  }),
  note: fc.string(),
  codes: fc.array(fc.nat()),
});
/** As a transport does it: nothing is shared between the two sides. */
const sent = (parts: Iterable<object>): unknown[] => structuredClone([...parts]);

test('whatever is taken apart comes together again', () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 20 }), (whole, most) => {
      const reader = new PieceReader();
      const read = sent(inPieces(whole, most)).map((part) => reader.read(part));
      expect(read.pop()).toEqual(whole);
      expect(read.every((part) => part === null)).toBe(true);
    }),
  );
});

test('no piece is longer than wanted, and what is short stays as it is', () => {
  const long = { type: 'run', image: new Uint8Array(10).fill(7) };
  const parts = [...inPieces(long, 4)];
  expect(parts.map((part) => ('bytes' in part ? part.bytes.length : part.type))).toEqual([4, 4, 2, 'rest']);
  expect(long.image).toHaveLength(10);
  expect([...inPieces(long, 10)]).toEqual([long]);
  expect([...inPieces(long, 10)][0]).toBe(long);
});

test('a message that was given up leaves nothing behind', () => {
  const reader = new PieceReader();
  const [first, second] = [1, 2].map((fill) => ({ type: 'run', image: new Uint8Array(9).fill(fill) }));
  sent([...inPieces(first!, 4)].slice(0, 2)).forEach((part) => reader.read(part));
  expect(reader.read({ type: 'cancel' })).toEqual({ type: 'cancel' });
  expect(
    sent(inPieces(second!, 4))
      .map((part) => reader.read(part))
      .at(-1),
  ).toEqual(second);
});

test('pieces that do not belong together are refused', () => {
  const parts = sent(inPieces({ type: 'run', image: new Uint8Array(9) }, 4));
  expect(() => new PieceReader().read(parts.at(-1))).toThrow(RangeError);
  const piece = { type: 'piece', of: 1, part: 0, total: 8, from: 6, bytes: new Uint8Array(4) };
  expect(() => new PieceReader().read(piece)).toThrow(RangeError);
  expect(() => new PieceReader().read({ ...piece, total: 2 ** 40 })).toThrow(RangeError);
});
