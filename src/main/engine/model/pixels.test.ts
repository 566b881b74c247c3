import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { readPlanar, writePlanar } from './pixels.js';

const range: [number, number] = [-1, 1];

function raster(width: number, height: number, colour: (x: number, y: number) => number[]): RasterImage {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), 4 * (y * width + x));
  return { width, height, data };
}

function planar(image: RasterImage, width: number, height: number): Float32Array {
  const target = new Float32Array(3 * width * height);
  writePlanar(image, width, height, range, target);
  return target;
}

describe('writePlanar', () => {
  test('an image of the right size comes back unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5 * 4 * 4, maxLength: 5 * 4 * 4 }), (bytes) => {
        const image = { width: 5, height: 4, data: bytes.map((byte, index) => (index % 4 === 3 ? 255 : byte)) };
        expect(readPlanar(planar(image, 5, 4), 0, 5, 4, range).data).toEqual(image.data);
      }),
    );
  });

  test('channels are planes, from low to high', () => {
    const values = planar(
      raster(2, 1, (x) => (x === 0 ? [255, 0, 0, 255] : [0, 255, 127.5, 255])),
      2,
      1,
    );
    expect(Array.from(values.subarray(0, 4), (value) => Math.round(value))).toEqual([1, -1, -1, 1]);
    expect(values[4]).toBeCloseTo(-1);
    expect(values[5]).toBeCloseTo(0, 1);
  });

  test('shrinking averages areas: a fine chessboard becomes grey', () => {
    const board = raster(64, 64, (x, y) => ((x + y) % 2 === 0 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
    for (const value of planar(board, 8, 8)) expect(value).toBeCloseTo(0, 5);
  });

  test('a size that does not divide evenly keeps the mean', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 50 }), fc.integer({ min: 1, max: 8 }), (from, to) => {
        const image = raster(from, from, (x, y) => [(x * 37 + y * 11) % 256, x % 256, y % 256, 255]);
        const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(mean(planar(image, to, to))).toBeCloseTo(mean(planar(image, from, from)), 3);
      }),
    );
  });

  test('growing is smooth and stays within the colours there are', () => {
    const values = planar(
      raster(2, 2, (x) => (x === 0 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
      8,
      8,
    ).subarray(0, 8);
    expect(values[0]).toBeCloseTo(-1);
    expect(values[7]).toBeCloseTo(1);
    for (let index = 1; index < 8; index++) expect(values[index]!).toBeGreaterThanOrEqual(values[index - 1]!);
  });

  test('a wide image is cropped around its centre', () => {
    const stripes = raster(30, 10, (x) => (x >= 10 && x < 20 ? [255, 0, 0, 255] : [0, 0, 255, 255]));
    const values = planar(stripes, 10, 10);
    expect(Math.min(...values.subarray(0, 100))).toBeCloseTo(1);
    const upright = raster(10, 30, (_, y) => (y >= 10 && y < 20 ? [255, 0, 0, 255] : [0, 0, 255, 255]));
    expect(Math.min(...planar(upright, 10, 10).subarray(0, 100))).toBeCloseTo(1);
  });

  test('transparent parts lie on white', () => {
    const values = planar(
      raster(2, 1, (x) => [0, 0, 0, x === 0 ? 0 : 128]),
      2,
      1,
    );
    expect(values[0]).toBeCloseTo(1);
    expect(values[1]).toBeCloseTo(0, 1);
  });

  test.each([
    [1, 1],
    [1, 400],
    [8000, 3],
    [3, 8000],
    [8000, 1000],
  ])('a %i × %i image of one colour stays of that colour', (width, height) => {
    const data = new Uint8Array(width * height * 4).fill(200);
    for (let index = 3; index < data.length; index += 4) data[index] = 255;
    for (const value of planar({ width, height, data }, 16, 16)) expect(value).toBeCloseTo((200 / 255) * 2 - 1, 4);
  });

  test('bytes that do not fit the size are an error, not noise', () => {
    const image = { width: 4, height: 4, data: new Uint8Array(4 * 4 * 3) };
    expect(() => planar(image, 8, 8)).toThrowError(expect.objectContaining({ code: 'image-unreadable' }));
    expect(() => planar({ width: 0, height: 0, data: new Uint8Array(0) }, 8, 8)).toThrowError(/0 × 0/);
  });
});

describe('readPlanar', () => {
  test('clamps what lies outside the range, and NaN', () => {
    const image = readPlanar(Float32Array.of(9, -9, NaN), 0, 1, 1, range);
    expect([...image.data]).toEqual([255, 0, 0, 255]);
  });

  test('reads at an offset and in another range', () => {
    const image = readPlanar(Float32Array.of(7, 7, 7, 1, 0.5, 0), 3, 1, 1, [0, 1]);
    expect([...image.data]).toEqual([255, 128, 0, 255]);
  });
});
