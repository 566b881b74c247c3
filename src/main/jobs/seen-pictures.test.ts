import { describe, expect, it, vi } from 'vitest';
import type { RasterImage } from '../../shared/images.js';
import { writePlanar } from '../engine/model/pixels.js';
import { SeenPictures } from './seen-pictures.js';

const seen = { width: 8, height: 8 };

/** Colours everywhere different, the left edge half transparent. */
function picture(width: number, height: number): RasterImage {
  const data = new Uint8Array(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    data.set([(x * 7 + y) % 256, (y * 5) % 256, (x * y) % 256, x < 20 ? 128 : 255], 4 * at);
  }
  return { width, height, data };
}

function encoderInput(image: RasterImage): Float32Array {
  const planar = new Float32Array(3 * seen.width * seen.height);
  writePlanar(image, seen.width, seen.height, [0, 255], planar);
  return planar;
}

function decoding(image: RasterImage) {
  const decode = vi.fn((_bytes: Uint8Array) => image);
  return { decode, pictures: new SeenPictures(decode) };
}

const none = () => new Uint8Array();

describe('SeenPictures', () => {
  it.each([
    [80, 80],
    [301, 97],
    [90, 256],
  ])('an encoder makes the same of a huge picture of %i × %i, decoded once', (width, height) => {
    const image = picture(width, height);
    const { decode, pictures } = decoding(image);
    const narrowed = pictures.of('a', none, seen);
    expect([narrowed.width, narrowed.height]).toEqual([32, 32]);
    const [expected, found] = [encoderInput(image), encoderInput(narrowed)];
    for (const [at, level] of expected.entries()) expect(Math.abs(found[at]! - level)).toBeLessThan(0.5);
    expect(pictures.of('a', none, seen)).toBe(narrowed);
    expect(decode).toHaveBeenCalledTimes(1);
    pictures.of('b', none, seen);
    pictures.of('a', none, { width: 4, height: 4 });
    expect(decode).toHaveBeenCalledTimes(3);
  });

  it.each([
    [63, 63],
    [3, 200],
    [4000, 40],
  ])('leaves a picture of %i × %i as it is', (width, height) => {
    const image = picture(width, height);
    expect(decoding(image).pictures.of('a', none, seen)).toBe(image);
  });

  it('what was decoded for another reason need not be decoded again', () => {
    const image = picture(80, 80);
    const { decode, pictures } = decoding(image);
    const kept = pictures.keep('a', image, seen);
    expect(kept).toMatchObject({ width: 32, height: 32 });
    expect(pictures.of('a', none, seen)).toBe(kept);
    expect(decode).not.toHaveBeenCalled();
    expect(pictures.keep('b', picture(63, 63), seen)).toBeNull();
  });

  it('keeps what was used last, within its bounds', () => {
    const decode = vi.fn((_bytes: Uint8Array) => picture(64, 64));
    // Four bytes for each of 32 × 32 pixels: room for three.
    const pictures = new SeenPictures(decode, 3 * 4096);
    for (const name of ['a', 'b', 'c', 'a', 'd']) pictures.of(name, none, seen);
    expect(decode).toHaveBeenCalledTimes(4);
    for (const name of ['a', 'c', 'd']) pictures.of(name, none, seen);
    expect(decode).toHaveBeenCalledTimes(4);
    pictures.of('b', none, seen);
    expect(decode).toHaveBeenCalledTimes(5);
  });
});
