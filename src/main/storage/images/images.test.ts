import { encode as encodePngFile } from 'fast-png';
import fc from 'fast-check';
import { encode as encodeJpegFile } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { readImageHeader } from './image-header.js';
import { decodeImage, encodePng, imageIdOf } from './images.js';
import { runs } from '../../../../tests/property-runs.js';

const raster = (width: number, height: number, value = 100) => ({
  width,
  height,
  data: new Uint8Array(width * height * 4).fill(value),
});

test('PNG holds every pixel', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, fc.infiniteStream(fc.nat(255)), (width, height, values) => {
      const image = {
        width,
        height,
        data: Uint8Array.from({ length: width * height * 4 }, () => values.next().value!),
      };
      expect(decodeImage(encodePng(image))).toEqual(image);
    }),
    { numRuns: runs(40) },
  );
});

test('an image is named by its bytes', () => {
  expect(imageIdOf(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('every kind of PNG becomes RGBA with 8 bits', () => {
  test.each<[string, Parameters<typeof encodePngFile>[0], number[]]>([
    ['grey', { width: 2, height: 1, channels: 1, data: new Uint8Array([0, 200]) }, [0, 0, 0, 255, 200, 200, 200, 255]],
    ['grey and alpha', { width: 1, height: 1, channels: 2, data: new Uint8Array([9, 128]) }, [9, 9, 9, 128]],
    ['RGB', { width: 1, height: 1, channels: 3, data: new Uint8Array([1, 2, 3]) }, [1, 2, 3, 255]],
    [
      'RGBA with 16 bits',
      { width: 1, height: 1, channels: 4, depth: 16, data: new Uint16Array([0, 65535, 32768, 257]) },
      [0, 255, 128, 1],
    ],
    [
      'grey with 16 bits',
      { width: 2, height: 1, channels: 1, depth: 16, data: new Uint16Array([65535, 257]) },
      [255, 255, 255, 255, 1, 1, 1, 255],
    ],
  ])('%s', (_name, image, expected) => {
    expect([...decodeImage(encodePngFile(image)).data]).toEqual(expected);
  });

  test('palette', () => {
    const palette = [
      [255, 0, 0],
      [0, 0, 255],
    ];
    const png = encodePngFile({ width: 2, height: 1, channels: 1, depth: 8, palette, data: new Uint8Array([1, 0]) });
    expect([...decodeImage(png).data]).toEqual([0, 0, 255, 255, 255, 0, 0, 255]);
  });

  test('grey with one bit', () => {
    // fast-png takes samples packed into bytes: 1 0 1 (101 00000).
    const png = encodePngFile({ width: 3, height: 1, channels: 1, depth: 1, data: new Uint8Array([0b1010_0000]) });
    expect([...decodeImage(png).data].filter((_, index) => index % 4 === 0)).toEqual([255, 0, 255]);
  });
});

test('JPEG is read with its own size', () => {
  const bytes = encodeJpegFile({ ...raster(9, 5), data: Buffer.from(raster(9, 5).data) }, 90).data;
  expect(readImageHeader(bytes)).toEqual({ format: 'jpeg', width: 9, height: 5 });
  const image = decodeImage(bytes);
  expect(image).toMatchObject({ width: 9, height: 5 });
  expect(Math.abs(image.data[0]! - 100)).toBeLessThan(4);
  expect(image.data[3]).toBe(255);
});

describe('what cannot be used is refused by name', () => {
  const png = encodePng(raster(8, 8));
  const jpeg = new Uint8Array(encodeJpegFile({ ...raster(16, 16), data: Buffer.from(raster(16, 16).data) }, 90).data);
  const changed = (bytes: Uint8Array, at: number, value: number[]): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    copy.set(value, at);
    return copy;
  };

  test.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', new Uint8Array(), 'image-unreadable', /empty/],
    ['text', new TextEncoder().encode('<svg/>'), 'image-unreadable', /neither a PNG, a JPEG, a WebP nor a GIF/],
    ['half a header', png.slice(0, 20), 'image-unreadable', /ends inside its header/],
    ['half a PNG', png.slice(0, 45), 'image-unreadable', /damaged|ends too early/],
    ['a flipped byte', changed(png, 45, [png[45]! ^ 0xff]), 'image-unreadable', /damaged/],
    ['no pixels', changed(png, 16, [0, 0, 0, 0]), 'image-unreadable', /no pixels/],
    ['a JPEG without frame', jpeg.slice(0, 30), 'image-unreadable', /header/],
    ['half a JPEG', jpeg.slice(0, Math.floor(jpeg.length * 0.6)), 'image-unreadable', /damaged/],
    ['a side too long', changed(png, 16, [0, 0, 0x20, 0x01]), 'image-too-large', /8193 × 8 pixels/],
    ['a bomb', changed(png, 16, [0, 0, 0x1f, 0xff, 0, 0, 0x1f, 0xff]), 'image-too-large', /40 megapixels/],
    ['absurd numbers', changed(png, 16, [255, 255, 255, 255, 255, 255, 255, 255]), 'image-too-large', /longest side/],
  ])('%s', (_name, bytes, code, message) => {
    expect(() => decodeImage(bytes)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('too many bytes, before anything is read', () => {
    const limits = { maxBytes: 10, maxSide: 10, maxPixels: 100 };
    expect(() => decodeImage(png, limits)).toThrow(expect.objectContaining({ code: 'image-too-large' }));
  });

  test('any damage ends in a StudioError, never in another one', () => {
    fc.assert(
      fc.property(fc.constantFrom(png, jpeg), fc.nat(), fc.nat(255), fc.boolean(), (bytes, at, value, cut) => {
        const position = at % bytes.length;
        const damaged = cut ? bytes.slice(0, position) : changed(bytes, position, [value]);
        try {
          decodeImage(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
        }
      }),
      { numRuns: runs(400) },
    );
  });
});
