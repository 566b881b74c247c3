import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fittedSize, shrink } from './shrink.js';
import { runs } from '../../../../tests/property-runs.js';

const picture = fc
  .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((data) => ({ width, height, data })),
  );

it('keeps the shape, fits the side, never enlarges', () => {
  expect(fittedSize(400, 100, 128)).toEqual({ width: 128, height: 32 });
  expect(fittedSize(8000, 3, 128)).toEqual({ width: 128, height: 1 });
  expect(fittedSize(20, 10, 128)).toEqual({ width: 20, height: 10 });
});

it('averages what falls into each pixel', () => {
  const data = Uint8Array.from([0, 0, 0, 255, 100, 200, 40, 255, 200, 0, 0, 255, 100, 0, 0, 255]);
  expect([...shrink({ width: 2, height: 2, data }, 1).data]).toEqual([100, 50, 10, 255]);
});

it('does not let the colour of transparent pixels bleed', () => {
  const data = Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 0]);
  expect([...shrink({ width: 2, height: 1, data }, 1).data]).toEqual([255, 0, 0, 128]);
});

it('stays within the colours of the picture, and a plain one stays as it is', () => {
  fc.assert(
    fc.property(picture, fc.integer({ min: 1, max: 40 }), (image, side) => {
      const small = shrink(image, side);
      expect(Math.max(small.width, small.height)).toBeLessThanOrEqual(Math.max(side, 1));
      expect(small.data).toHaveLength(small.width * small.height * 4);
    }),
    { numRuns: runs(50) },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 30 }), (colour, side) => {
      const data = new Uint8Array(31 * 17 * 4);
      for (let at = 0; at < data.length; at += 4) data.set([...colour, 255], at);
      const small = shrink({ width: 31, height: 17, data }, side);
      for (let at = 0; at < small.data.length; at += 4) {
        expect([...small.data.subarray(at, at + 4)]).toEqual([...colour, 255]);
      }
    }),
    { numRuns: runs(30) },
  );
});
