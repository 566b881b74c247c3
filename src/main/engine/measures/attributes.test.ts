/** Each measure must see its own attribute and be blind, or nearly, to those below it. */
import { describe, expect, test } from 'vitest';
import type { AttributeName } from '../../../shared/tokens/attributes.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { AttributeMeter } from './attributes.js';
import { toOklab } from './oklab-planes.js';

type Colour = readonly [number, number, number];
type Painter = (x: number, y: number) => Colour;

const blue: Colour = [40, 70, 160];
const red: Colour = [200, 40, 40];
const green: Colour = [40, 150, 60];

function paint(painter: Painter, width = 128, height = width): RasterImage {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([...painter(((x + 0.5) / width) * 128, ((y + 0.5) / height) * 128), 255], 4 * (y * width + x));
    }
  }
  return { width, height, data };
}

const within = (x: number, y: number, left: number, top: number, side = 36): boolean =>
  x >= left && x < left + side && y >= top && y < top + side;
const striped = (x: number, colour: Colour): Colour => (Math.floor(x / 3) % 2 === 0 ? colour : [235, 235, 235]);

/** A striped red square on blue. */
const reference = paint((x, y) => (within(x, y, 24, 60) ? striped(x, red) : blue));
const nothing = paint(() => [128, 128, 128]);
const sharesOf = (image: RasterImage) => new AttributeMeter(reference, nothing).shares(image);

describe('AttributeMeter', () => {
  test('the picture itself has everything, the worst case nothing', () => {
    for (const share of Object.values(sharesOf(reference))) expect(share).toBeCloseTo(1, 6);
    expect(sharesOf(nothing)).toEqual({ background: 0, layout: 0, colour: 0, shape: 0, texture: 0 });
  });

  test.each<[string, Painter, AttributeName[], AttributeName[]]>([
    ['only the background', () => blue, ['background'], ['layout', 'shape', 'texture']],
    [
      'another background',
      (x, y) => (within(x, y, 24, 60) ? striped(x, red) : green),
      ['texture', 'layout'],
      ['background'],
    ],
    [
      'the square elsewhere',
      (x, y) => (within(x, y, 84, 10) ? striped(x, red) : blue),
      ['background', 'colour', 'shape', 'texture'],
      ['layout'],
    ],
    [
      'no stripes',
      (x, y) => (within(x, y, 24, 60) ? [217, 145, 145] : blue),
      ['background', 'layout', 'colour'],
      ['texture'],
    ],
    [
      'another colour',
      (x, y) => (within(x, y, 24, 60) ? striped(x, green) : blue),
      ['background', 'layout'],
      ['colour'],
    ],
    [
      'a disc',
      (x, y) => (Math.hypot(x - 42, y - 78) < 20 ? striped(y, red) : blue),
      ['background', 'layout'],
      ['shape'],
    ],
  ])('%s', (_name, painter, kept, lost) => {
    const shares = sharesOf(paint(painter));
    for (const name of kept) {
      for (const other of lost) expect(shares[name], `${name} over ${other}`).toBeGreaterThan(shares[other] + 0.15);
    }
  });

  test('the size of a picture does not matter', () => {
    const large = paint((x, y) => (within(x, y, 24, 60) ? striped(x, red) : blue), 512);
    for (const share of Object.values(sharesOf(large))) expect(share).toBeGreaterThan(0.9);
    const tiny = paint(() => blue, 8, 5);
    expect(sharesOf(tiny).background).toBeGreaterThan(0.95);
  });

  test('a plain picture restored with a trace of noise has everything: nothing is divided by nothing', () => {
    const plain = paint(() => blue);
    const meter = new AttributeMeter(plain, plain);
    const noisy = paint((x, y) => [40 + ((x * 7 + y * 3) % 2), 70, 160]);
    for (const share of Object.values(meter.shares(noisy))) expect(share).toBeGreaterThan(0.7);
    for (const share of Object.values(meter.shares(reference))) expect(Number.isFinite(share)).toBe(true);
  });
});

test('OKLab of the primaries is as published', () => {
  const planes = toOklab(paint(() => [255, 0, 0], 1));
  expect([planes[0], planes[16_384], planes[32_768]]).toEqual(
    [0.628, 0.2249, 0.1258].map((value) => expect.closeTo(value, 3) as number),
  );
});
