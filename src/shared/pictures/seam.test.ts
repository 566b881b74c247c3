import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RasterImage } from './images.js';
import type { Mask } from './mask.js';
import { matchedTo, seamSettings } from './seam.js';
import { runs } from '../../../tests/property-runs.js';

const side = 32;
const hole = { from: 10, to: 22 };

type Colour = readonly [number, number, number];

function picture(colourAt: (x: number, y: number) => Colour): RasterImage {
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel++)
    data.set(colourAt(pixel % side, Math.floor(pixel / side)), 4 * pixel);
  return { width: side, height: side, data };
}

const isInHole = (x: number, y: number): boolean => x >= hole.from && x < hole.to && y >= hole.from && y < hole.to;
const mask: Mask = {
  ...{ width: side, height: side },
  data: Uint8Array.from({ length: side * side }, (_, at) => (isInHole(at % side, Math.floor(at / side)) ? 255 : 0)),
};
const redAt = ({ data }: RasterImage, x: number, y: number): number => data[4 * (y * side + x)]!;

/** How far the first channel is from what it should be, beneath the mask. */
function largestError(found: RasterImage, wanted: (x: number, y: number) => number): number {
  let largest = 0;
  for (let y = hole.from; y < hole.to; y++)
    for (let x = hole.from; x < hole.to; x++) largest = Math.max(largest, Math.abs(redAt(found, x, y) - wanted(x, y)));
  return largest;
}

describe('matchedTo', () => {
  test('what was drawn on the same ground stays as it is, whatever it is', () => {
    const anything = fc.uint8Array({ minLength: side * side * 4, maxLength: side * side * 4 });
    fc.assert(
      fc.property(anything, anything, (around, inside) => {
        const base = { width: side, height: side, data: around };
        const data = around.map((value, at) => (mask.data[at >> 2] === 255 ? inside[at]! : value));
        expect(matchedTo(base, { ...base, data }, mask)).toEqual({ ...base, data });
      }),
      { numRuns: runs(30) },
    );
  });

  test('a ground that was drawn too light is brought back to the base’s beneath the mask too, and a thing on it with it', () => {
    const base = picture(() => [100, 100, 100]);
    const drawn = picture((x, y) => (isInHole(x, y) && x > 15 ? [210, 100, 100] : [112, 100, 90]));
    const matched = matchedTo(base, drawn, mask);
    expect(largestError(matched, (x) => (x > 15 ? 198 : 100))).toBeLessThanOrEqual(1);
    expect(matched.data[4 * (12 * side + 12) + 2]).toBe(100);
  });

  test('a difference that runs across the picture is followed', () => {
    const base = picture(() => [100, 100, 100]);
    const drawn = picture((x) => [100 + Math.round(x / 2), 100, 100]);
    // Without matching the last column is wrong by 10.
    expect(largestError(matchedTo(base, drawn, mask), () => 100)).toBeLessThanOrEqual(3);
  });

  test('what was meant to be another colour stays one, and says nothing about the ground', () => {
    const base = picture(() => [100, 100, 100]);
    const drawn = picture((x, y) => (isInHole(x, y) ? [20, 20, 20] : [200, 100, 100]));
    expect(matchedTo(base, drawn, mask)).toEqual(drawn);
  });

  test('where nothing stays, nothing is changed', () => {
    const everything = { ...mask, data: new Uint8Array(side * side).fill(255) };
    const drawn = picture((x, y) => [x, y, 7]);
    expect(
      matchedTo(
        picture(() => [9, 9, 9]),
        drawn,
        everything,
      ),
    ).toEqual(drawn);
  });

  test('no channel is changed by more than the most, nor beyond its range', () => {
    const base = picture(() => [255, 0, 100]);
    const drawn = picture(() => [255 - seamSettings.most, seamSettings.most, 100]);
    expect(largestError(matchedTo(base, drawn, mask), () => 255)).toBeLessThanOrEqual(1);
    const light = picture((x, y) => (isInHole(x, y) ? [250, 3, 100] : [240, 20, 100]));
    expect(largestError(matchedTo(base, light, mask), () => 255)).toBe(0);
  });
});
