import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionFor } from './region.js';

/** Every pixel says where it is. */
const picture = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from(
    { length: width * height * 4 },
    (_, at) => [(at >> 2) % width, Math.floor((at >> 2) / width), 0, 255][at % 4]!,
  ),
});

test('a region is cut out whole, in the model’s shape where the picture reaches far enough', () => {
  const side = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(side, side, fc.nat(29), fc.nat(29), side, side, (width, height, x, y, w, h) => {
      fc.pre(x < width && y < height);
      const part = regionFor(picture(width, height), { x, y, width: w, height: h }, { width: 8, height: 8 });
      const [left, top] = [part.data[0]!, part.data[1]!];
      expect(left).toBeLessThanOrEqual(x);
      expect(top).toBeLessThanOrEqual(y);
      expect(left + part.width).toBeGreaterThanOrEqual(Math.min(width, x + w));
      expect(top + part.height).toBeGreaterThanOrEqual(Math.min(height, y + h));
      const square = part.width === part.height;
      expect(square || part.width === width || part.height === height).toBe(true);
      expect([...part.data.slice(-4)]).toEqual([left + part.width - 1, top + part.height - 1, 0, 255]);
    }),
  );
});

test('a region outside the picture is refused', () => {
  const outside = () => regionFor(picture(4, 4), { x: 4, y: 0, width: 2, height: 2 }, { width: 8, height: 8 });
  expect(outside).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
