import { describe, expect, it, vi } from 'vitest';
import type { RasterImage } from '../../shared/pictures/images.js';
import { writePlanar } from '../engine/model/pixels.js';
import { narrowed } from '../pictures/narrowing.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
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

/** A reader whose every file holds this picture. */
function decoding(image: RasterImage, bytesKept?: number) {
  const see = vi.fn((size: typeof seen) => {
    const narrow = narrowed(image, size);
    return { image: narrow ?? image, isNarrow: narrow !== null };
  });
  const reader = {
    run: async (_task: string, input: { seen: typeof seen }) => see(input.seen),
    close: () => {},
  } as unknown as PictureReader;
  const pictures = new SeenPictures(bytesKept);
  return { see, pictures, of: (id: string, size = seen) => pictures.of(id, none, size, reader) };
}

const none = () => new Uint8Array();

describe('SeenPictures', () => {
  it.each([
    [80, 80],
    [301, 97],
    [90, 256],
  ])('an encoder makes the same of a huge picture of %i × %i, decoded once', async (width, height) => {
    const image = picture(width, height);
    const { see, of } = decoding(image);
    const narrow = await of('a');
    expect([narrow.width, narrow.height]).toEqual([32, 32]);
    const [expected, found] = [encoderInput(image), encoderInput(narrow)];
    for (const [at, level] of expected.entries()) expect(Math.abs(found[at]! - level)).toBeLessThan(0.5);
    expect(await of('a')).toBe(narrow);
    expect(see).toHaveBeenCalledTimes(1);
    await of('b');
    await of('a', { width: 4, height: 4 });
    expect(see).toHaveBeenCalledTimes(3);
  });

  it.each([
    [63, 63],
    [3, 200],
    [4000, 40],
  ])('leaves a picture of %i × %i as it is', async (width, height) => {
    const image = picture(width, height);
    expect(await decoding(image).of('a')).toBe(image);
  });

  it('what was narrowed for another reason need not be decoded again', async () => {
    const { see, pictures, of } = decoding(picture(80, 80));
    const narrow = picture(32, 32);
    pictures.keep('a', narrow, seen);
    expect(await of('a')).toBe(narrow);
    expect(see).not.toHaveBeenCalled();
  });

  it('keeps what was used last, within its bounds', async () => {
    // Four bytes for each of 32 × 32 pixels: room for three.
    const { see, of } = decoding(picture(64, 64), 3 * 4096);
    for (const name of ['a', 'b', 'c', 'a', 'd']) await of(name);
    expect(see).toHaveBeenCalledTimes(4);
    for (const name of ['a', 'c', 'd']) await of(name);
    expect(see).toHaveBeenCalledTimes(4);
    await of('b');
    expect(see).toHaveBeenCalledTimes(5);
  });
});
