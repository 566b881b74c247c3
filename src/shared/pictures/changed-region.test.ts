import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedRegion, regionSettings } from './changed-region.js';
import type { RasterImage } from './images.js';
import { composite } from './mask.js';
import { runs } from '../../../tests/property-runs.js';

const side = 64;

function picture(colourAt: (x: number, y: number) => readonly [number, number, number]): RasterImage {
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel++) {
    data.set(colourAt(pixel % side, Math.floor(pixel / side)), 4 * pixel);
  }
  return { width: side, height: side, data };
}

const noisy = fc.uint8Array({ minLength: 16 * 16 * 4, maxLength: 16 * 16 * 4 }).map((data) => {
  const opaque = data.map((value, at) => (at % 4 === 3 ? 255 : value));
  return { width: 16, height: 16, data: opaque };
});

/** A square of another colour on grey. */
const square = (left: number, top: number, length: number, red: number) =>
  picture((x, y) => {
    const inside = x >= left && x < left + length && y >= top && y < top + length;
    return [inside ? red : 100, 100, 100];
  });

const grey = square(0, 0, 0, 0);
const at = (x: number, y: number) => y * side + x;

describe('changedRegion', () => {
  test('two equal pictures leave any base as it is, bit for bit', () => {
    fc.assert(
      fc.property(noisy, noisy, (drawn, base) => {
        const region = changedRegion(drawn, drawn);
        expect(region.data.every((value) => value === 0)).toBe(true);
        expect(composite(base, drawn, region)).toEqual(base);
      }),
    );
  });

  test('pictures that differ everywhere give the whole result', () => {
    fc.assert(
      fc.property(noisy, noisy, (before, base) => {
        const after = { ...before, data: before.data.map((value, at) => (at % 4 === 3 ? 255 : value ^ 0x80)) };
        const region = changedRegion(before, after);
        expect(region.data.every((value) => value === 255)).toBe(true);
        expect(composite(base, after, region)).toEqual(after);
      }),
    );
  });

  test('outside the reach of the change every pixel is the base’s, whatever base and change are', () => {
    const length = fc.integer({ min: 8, max: 20 });
    const place = fc.integer({ min: 0, max: side - 1 });
    const reach = Math.ceil(side * (regionSettings.grow + 2 * regionSettings.feather)) + regionSettings.blur + 3;
    fc.assert(
      fc.property(place, place, length, fc.integer({ min: 160, max: 255 }), (left, top, long, red) => {
        const result = square(left, top, long, red);
        const base = picture((x, y) => [(x * 7 + y) % 256, (x + y * 5) % 256, (x * y) % 256]);
        const composed = composite(base, result, changedRegion(grey, result));
        const touched = Array.from({ length: side * side }, (_, pixel) => {
          const [x, y] = [pixel % side, Math.floor(pixel / side)];
          const away = Math.max(left - x, x - (left + long - 1), top - y, y - (top + long - 1));
          return (
            away > reach && [0, 1, 2, 3].some((part) => composed.data[4 * pixel + part] !== base.data[4 * pixel + part])
          );
        });
        expect(touched.indexOf(true)).toBe(-1);
      }),
      { numRuns: runs(25) },
    );
  });

  test('what moved a little beside a strong change is the decoder’s doing, alone it is the edit', () => {
    const faint = (with_: boolean) =>
      picture((x, y) => {
        const strong = with_ && x >= 6 && x < 22 && y >= 6 && y < 22;
        const weak = x >= 40 && x < 56 && y >= 40 && y < 56;
        return [strong ? 255 : weak ? 145 : 100, 100, 100];
      });
    const beside = changedRegion(grey, faint(true));
    expect([beside.data[at(14, 14)], beside.data[at(48, 48)]]).toEqual([255, 0]);
    expect(changedRegion(grey, faint(false)).data[at(48, 48)]).toBe(255);
  });

  test('a change is taken as far as it reaches, from its strongest part to its faint end', () => {
    const ramp = picture((x, y) => [x >= 10 && x < 50 && y >= 20 && y < 40 ? 255 - 2 * (x - 10) : 100, 100, 100]);
    const { data } = changedRegion(grey, ramp);
    for (let x = 10; x < 50; x++) expect(data[at(x, 30)]).toBe(255);
  });

  test('all of what changed comes from the result, with a soft edge beyond it', () => {
    const region = changedRegion(grey, square(20, 20, 16, 255));
    for (let y = 20; y < 36; y++) for (let x = 20; x < 36; x++) expect(region.data[at(x, y)]).toBe(255);
    expect(region.data[at(40, 28)]).toBe(0);
    expect(region.data.some((value) => value > 0 && value < 255)).toBe(true);
  });

  test('what moved is changed where it was and where it is', () => {
    const region = changedRegion(square(4, 24, 12, 255), square(44, 24, 12, 255));
    expect(region.data[at(10, 30)]).toBe(255);
    expect(region.data[at(50, 30)]).toBe(255);
    expect(region.data[at(30, 30)]).toBe(0);
  });

  test('many small places close together are one change with what is between; two things apart stay two', () => {
    // Dots of three pixels, six apart: each alone is a speck, none but its surroundings changes.
    const dotted = (left: number) => (x: number, y: number) =>
      x >= left && x < left + 21 && y >= 20 && y < 41 && (x - left) % 6 < 3 && (y - 20) % 6 < 3;
    const [one, other] = [dotted(4), dotted(40)];
    const { data } = changedRegion(
      grey,
      picture((x, y) => [one(x, y) || other(x, y) ? 255 : 100, 100, 100]),
    );
    for (const [left, right] of [
      [4, 24],
      [40, 60],
    ] as const) {
      for (let x = left; x < right; x++) expect(data[at(x, 30)]).toBe(255);
    }
    expect(data[at(32, 30)]).toBe(0);
  });

  test('specks and faint differences are not the edit’s', () => {
    expect(changedRegion(grey, square(30, 30, 2, 255)).data.some((value) => value > 0)).toBe(false);
    const faint = 100 + regionSettings.threshold - 1;
    expect(changedRegion(grey, square(0, 0, side, faint)).data.some((value) => value > 0)).toBe(false);
    expect(changedRegion(grey, square(0, 0, side, faint + 1)).data.every((value) => value === 255)).toBe(true);
  });
});
