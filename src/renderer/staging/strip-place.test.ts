import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stripPlace } from './strip-place.js';

const strip = { width: 340, height: 210 };

it('stands under its frame, beside it on a low board, and over its edge when there is no other room', () => {
  const frame = { x: 300, y: 20, width: 200, height: 200 };
  expect(stripPlace(frame, strip, { width: 1000, height: 600 })).toEqual({ left: 230, top: 234 });
  expect(stripPlace(frame, strip, { width: 1000, height: 340 })).toEqual({ left: 520, top: 20 });
  expect(stripPlace({ ...frame, x: 600 }, strip, { width: 1000, height: 340 })).toEqual({ left: 240, top: 20 });
  expect(stripPlace(frame, strip, { width: 700, height: 340 })).toEqual({ left: 230, top: 122 });
});

it('is whole on the board wherever its frame lies', () => {
  const board = { width: 1000, height: 500 };
  const part = fc.integer({ min: -3000, max: 3000 });
  fc.assert(
    fc.property(part, part, fc.integer({ min: 10, max: 2000 }), (x, y, side) => {
      const { left, top } = stripPlace({ x, y, width: side, height: side }, strip, board);
      expect(left).toBeGreaterThanOrEqual(8);
      expect(top).toBeGreaterThanOrEqual(8);
      expect(left + strip.width).toBeLessThanOrEqual(992);
      expect(top + strip.height).toBeLessThanOrEqual(492);
    }),
  );
});
