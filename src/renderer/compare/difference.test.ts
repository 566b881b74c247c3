import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differenceOf } from './difference.js';

const picture = (width: number, height: number, ...values: number[]) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : values[(at >> 2) % values.length]!,
  ),
});

it('measures how far two pictures are apart, and shows where', () => {
  const { image, mean, largest, changed, psnr } = differenceOf(picture(2, 1, 10, 50), picture(2, 1, 10, 80), 4);
  expect([...image.data]).toEqual([0, 0, 0, 255, 120, 120, 120, 255]);
  expect({ mean, largest, changed }).toEqual({ mean: 15, largest: 30, changed: 0.5 });
  expect(psnr).toBeCloseTo(10 * Math.log10((255 * 255) / 450), 9);
});

it('tells what can be seen from what merely differs', () => {
  const before = picture(4, 1, 100);
  const { changed, visible } = differenceOf(before, picture(4, 1, 100, 101, 111, 112), 1);
  expect({ changed, visible }).toEqual({ changed: 0.75, visible: 0.25 });
});

it('finds nothing between a picture and itself, and brings another size to the first one’s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.nat(255), (width, height, value) => {
      const one = picture(width, height, value);
      expect(differenceOf(one, one, 8)).toMatchObject({ mean: 0, largest: 0, changed: 0, psnr: Infinity });
      expect(differenceOf(one, picture(height, width, value), 8).changed).toBe(0);
    }),
  );
});
