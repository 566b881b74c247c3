import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RasterImage } from './images.js';
import { enlarge } from './enlarge.js';
import { peakSignalToNoise } from './psnr.js';

const factor = fc.constantFrom(2 as const, 4 as const);
const picture = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((data): RasterImage => ({ width, height, data: data.map((byte, at) => (at % 4 === 3 ? 255 : byte)) })),
  );

function average({ width, height, data }: RasterImage, by: number): RasterImage {
  const [w, h] = [width / by, height / by];
  const result = new Uint8Array(w * h * 4);
  for (let at = 0; at < result.length; at++) {
    const [x, y, c] = [Math.floor(at / 4) % w, Math.floor(at / 4 / w), at % 4];
    let sum = 0;
    for (let dy = 0; dy < by; dy++)
      for (let dx = 0; dx < by; dx++) sum += data[((y * by + dy) * width + x * by + dx) * 4 + c]!;
    result[at] = Math.round(sum / by ** 2);
  }
  return { width: w, height: h, data: result };
}

describe('a picture made larger', () => {
  test('has each side times the factor, and no value that its source does not reach', () => {
    fc.assert(
      fc.property(picture, factor, (image, by) => {
        const large = enlarge(image, by);
        expect([large.width, large.height, large.data.length]).toEqual([
          image.width * by,
          image.height * by,
          image.data.length * by ** 2,
        ]);
        for (let c = 0; c < 4; c++) {
          const channel = (data: Uint8Array): number[] => [...data].filter((_, at) => at % 4 === c);
          expect(Math.min(...channel(large.data))).toBeGreaterThanOrEqual(Math.min(...channel(image.data)));
          expect(Math.max(...channel(large.data))).toBeLessThanOrEqual(Math.max(...channel(image.data)));
        }
      }),
    );
  });

  test('stays flat where it is flat, and is turned as its source is turned', () => {
    fc.assert(
      fc.property(picture, factor, (image, by) => {
        const flat = { ...image, data: image.data.map((_, at) => image.data[at % 4]!) };
        expect(new Set(enlarge(flat, by).data.filter((_, at) => at % 4 === 0)).size).toBe(1);
        const turned = ({ width, height, data }: RasterImage): RasterImage => ({
          width: height,
          height: width,
          data: data.map((_, at) => {
            const [x, y] = [Math.floor(at / 4) % height, Math.floor(at / 4 / height)];
            return data[(x * width + y) * 4 + (at % 4)]!;
          }),
        });
        const [one, other] = [enlarge(turned(image), by), turned(enlarge(image, by))];
        // Held after each axis, so the order of the axes is worth a few levels at most where corners meet.
        expect(peakSignalToNoise(one, other)).toBeGreaterThan(20);
      }),
    );
  });

  test('keeps an edge where it is and sharper than a blend, without a halo', () => {
    const width = 16;
    const edge = {
      width,
      height: 4,
      data: new Uint8Array(width * 16).map((_, at) => (at % 4 === 3 ? 255 : Math.floor(at / 4) % width < 8 ? 40 : 200)),
    };
    const row = [...enlarge(edge, 4).data.subarray(0, width * 16)].filter((_, at) => at % 4 === 0);
    expect(new Set(row.slice(0, 29))).toEqual(new Set([40]));
    expect(new Set(row.slice(35))).toEqual(new Set([200]));
    expect(row.slice(30, 34)).toEqual([...row.slice(30, 34)].sort((a, b) => a - b));
    expect(peakSignalToNoise(average(enlarge(edge, 4), 4), edge)).toBeGreaterThan(30);
  });

  test('gives what is transparent no say in colour', () => {
    const data = Uint8Array.of(200, 0, 0, 255, 0, 255, 0, 0);
    const { data: large } = enlarge({ width: 2, height: 1, data }, 2);
    for (let at = 0; at < large.length; at += 4) {
      if (large[at + 3]! > 0) expect([...large.subarray(at, at + 3)]).toEqual([200, 0, 0]);
    }
  });
});
