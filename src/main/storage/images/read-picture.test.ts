/** Pictures as they are meant to be seen: upright, in sRGB, whatever file they came in. */
import { deflateSync } from 'node:zlib';
import { encode as encodePngFile } from 'fast-png';
import { encode as encodeJpegFile } from 'jpeg-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { decodeImage, encodePng, readPicture } from './images.js';
import { matrixProfile, type Chromaticities } from './matrix-profile.js';
import { oriented } from './orient.js';
import { concatenated, pngChunk } from './png-chunks.js';

const brought = (name: string): Uint8Array => readFileSync(join('tests', 'brought', name));
const pixel = ({ width, data }: RasterImage, x: number, y: number): number[] => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]; // prettier-ignore
const between = (png: Uint8Array, ...chunks: Uint8Array[]): Uint8Array =>
  concatenated([png.subarray(0, 33), ...chunks, png.subarray(33)]);
const segment = (marker: number, ...parts: Uint8Array[]): Uint8Array => {
  const data = concatenated(parts);
  return concatenated([Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255), data]);
};
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const littleChunk = (type: string, data: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return concatenated([latin(type), length, data, new Uint8Array(data.length % 2)]);
};

describe('orientation', () => {
  /** 3 × 2: 0 1 2 / 3 4 5 in the red channel. */
  const stored: RasterImage = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => (at % 4 === 0 ? at / 4 : 255)) }; // prettier-ignore
  const rows = ({ width, height, data }: RasterImage): string =>
    Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[(y * width + x) * 4]).join('')).join('/'); // prettier-ignore

  test.each([
    [1, '012/345'],
    [2, '210/543'],
    [3, '543/210'],
    [4, '345/012'],
    [5, '03/14/25'],
    [6, '30/41/52'],
    [7, '52/41/30'],
    [8, '25/14/03'],
  ] as const)('%i', (orientation, expected) => {
    expect(rows(oriented(stored, orientation))).toBe(expected);
    const exif = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0); // prettier-ignore
    expect(rows(decodeImage(between(encodePng(stored), pngChunk('eXIf', exif))))).toBe(expected);
    const jpeg = new Uint8Array(encodeJpegFile({ ...stored, data: Buffer.from(stored.data) }, 90).data);
    const held = concatenated([jpeg.subarray(0, 2), segment(0xe1, latin('Exif\0\0'), exif), jpeg.subarray(2)]);
    expect(decodeImage(held)).toMatchObject(orientation < 5 ? { width: 3, height: 2 } : { width: 2, height: 3 });
  });

  test('of files as people bring them', () => {
    expect(decodeImage(brought('i03-orientation6.jpg'))).toMatchObject({ width: 100, height: 160 });
    expect(decodeImage(brought('i04-orientation6.png'))).toMatchObject({ width: 100, height: 160 });
    const webp = brought('i05-webp-named.png');
    const head = Buffer.alloc(10);
    head[0] = 0x08;
    head.writeUIntLE(159, 4, 3);
    head.writeUIntLE(99, 7, 3);
    const exif = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0);
    const held = littleChunk('RIFF', concatenated([latin('WEBP'), littleChunk('VP8X', head), webp.subarray(12), littleChunk('EXIF', exif)])); // prettier-ignore
    expect(decodeImage(held)).toMatchObject({ width: 100, height: 160 });
  });
});

describe('the content decides', () => {
  test('a WebP named PNG is a WebP', () => {
    expect(decodeImage(brought('i05-webp-named.png'))).toMatchObject({ width: 160, height: 100 });
    expect(decodeImage(brought('i02-a1111.webp'))).toMatchObject({ width: 128, height: 128 });
  });

  test('any damage to a WebP ends in a StudioError', () => {
    const webp = brought('i02-a1111.webp');
    for (let at = 0; at < webp.length; at += 7) {
      for (const damaged of [webp.slice(0, at), Uint8Array.from(webp).fill(0xff, at, at + 1)]) {
        try {
          decodeImage(damaged);
        } catch (error) {
          expect(error).toMatchObject({ name: 'StudioError' });
        }
      }
    }
  });
});

describe('animated files', () => {
  test('APNG: the first frame, and it says so', () => {
    const { image, notes } = readPicture(brought('i13-apng.png'));
    expect(image).toMatchObject({ width: 160, height: 100 });
    expect(notes).toEqual(['It is animated; its first frame was taken.']);
    expect(readPicture(brought('i04-orientation6.png')).notes).toEqual([]);
  });

  /** Two colours; each frame covers one pixel of a screen of 3 × 2, at (1, 0) and (2, 1). */
  const gifFrame = (left: number, top: number): number[] => [0x21, 0xf9, 4, 0, 5, 0, 0, 0, 0x2c, left, 0, top, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]; // prettier-ignore
  const gif = (...frames: number[][]): Uint8Array => Uint8Array.from([...latin('GIF89a'), 3, 0, 2, 0, 0x80, 0, 0, 200, 10, 20, 0, 0, 255, ...frames.flat(), 0x3b]); // prettier-ignore

  test('GIF: the first frame on its screen, and it says so', () => {
    const { image, notes } = readPicture(gif(gifFrame(1, 0), gifFrame(2, 1)));
    expect(image).toMatchObject({ width: 3, height: 2 });
    expect([pixel(image, 1, 0), pixel(image, 0, 0), pixel(image, 2, 1)]).toEqual([[200, 10, 20, 255], [0, 0, 0, 0], [0, 0, 0, 0]]); // prettier-ignore
    expect(notes).toEqual(['It is animated; its first frame was taken.']);
    expect(readPicture(gif(gifFrame(0, 1))).notes).toEqual([]);
  });

  test('GIF: a screen that is too large is refused before anything is unpacked; damage ends in words', () => {
    const large = gif(gifFrame(0, 0));
    large.set([0xff, 0xff, 0xff, 0xff], 6);
    expect(() => readPicture(large)).toThrow(/65535 × 65535 pixels/);
    const wide = gif(gifFrame(0, 0));
    wide.set([0xff, 0xff, 0xff, 0xff], 13 + 6 + 8 + 5);
    expect(() => readPicture(wide)).toThrow(/65535 × 65535 pixels/);
    const whole = gif(gifFrame(1, 0), gifFrame(2, 1));
    for (let at = 6; at < whole.length; at++) {
      for (const damaged of [whole.slice(0, at), whole.with(at, 0xff), whole.with(at, 0)]) {
        try {
          readPicture(damaged);
        } catch (error) {
          expect(error).toMatchObject({ name: 'StudioError' });
        }
      }
    }
  });

  test('WebP: the first frame on its canvas, and it says so', () => {
    const still = brought('i05-webp-named.png').subarray(12);
    const head = Buffer.alloc(10);
    head[0] = 0x02;
    head.writeUIntLE(199, 4, 3);
    head.writeUIntLE(119, 7, 3);
    const frame = Buffer.alloc(16);
    frame.writeUIntLE(10, 0, 3);
    frame.writeUIntLE(5, 3, 3);
    frame.writeUIntLE(159, 6, 3);
    frame.writeUIntLE(99, 9, 3);
    const animation = littleChunk('ANMF', concatenated([frame, still]));
    const file = littleChunk('RIFF', concatenated([latin('WEBP'), littleChunk('VP8X', head), littleChunk('ANIM', new Uint8Array(6)), animation, animation])); // prettier-ignore
    const { image, notes } = readPicture(file);
    expect(image).toMatchObject({ width: 200, height: 120 });
    expect(notes).toHaveLength(1);
    expect(pixel(image, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(image, 20, 10)).toEqual(pixel(decodeImage(brought('i05-webp-named.png')), 0, 0));
  });
});

const p3: Chromaticities = { white: [0.3127, 0.329], red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] };
/** Display P3 → sRGB of colours inside both, computed from the definitions (IEC 61966-2-1, SMPTE EG 432-1). */
function p3ToSrgb(rgb: readonly number[]): number[] {
  const linear = rgb.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  const matrix = [[1.2249401, -0.2249404, 0], [-0.0420569, 1.0420571, 0], [-0.0196376, -0.0786361, 1.0982735]]; // prettier-ignore
  return matrix.map((row) => {
    const light = row.reduce((sum, value, at) => sum + value * linear[at]!, 0);
    const clipped = Math.min(1, Math.max(0, light));
    return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055);
  });
}

describe('colours', () => {
  const colours = [[0, 0, 0], [255, 255, 255], [128, 128, 128], [200, 120, 90], [90, 160, 100], [60, 70, 150], [20, 30, 25], [250, 240, 230]]; // prettier-ignore
  /** Blocks of 16 × 16, so that JPEG keeps their middles. */
  const image: RasterImage = {
    width: 16 * colours.length,
    height: 16,
    data: new Uint8Array(16 * colours.length * 16 * 4),
  };
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < image.width; x++) image.data.set([...colours[x >> 4]!, 255], (y * image.width + x) * 4);
  }
  const profile = matrixProfile(p3, 'srgb')!;
  /** `stored`: the colours as the file holds them, before its profile; a JPEG's encoder has changed some by two. */
  const near = (read: RasterImage, most: number, stored: RasterImage = image): void => {
    for (const at of colours.keys()) {
      const found = pixel(read, at * 16 + 8, 8);
      const colour = [...pixel(stored, at * 16 + 8, 8).slice(0, 3)];
      for (const [channel, value] of p3ToSrgb(colour).entries()) {
        expect(Math.abs(found[channel]! - value), `colour ${colour.join()} channel ${channel}`).toBeLessThanOrEqual(most); // prettier-ignore
      }
      expect(found[3]).toBe(255);
    }
  };
  const number = (value: number): Uint8Array => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Math.round(value * 100_000));
    return bytes;
  };
  const gamma = pngChunk('gAMA', number(0.45455));
  const primaries = pngChunk('cHRM', concatenated([...p3.white, ...p3.red, ...p3.green, ...p3.blue].map(number)));

  test('the same Display P3 picture in every kind of file', () => {
    const png = encodePng(image);
    const packed = pngChunk('iCCP', concatenated([latin('P3\0\0'), deflateSync(profile)]));
    near(decodeImage(between(png, packed)), 1.5);
    near(decodeImage(between(png, gamma, primaries)), 1.5);
    near(decodeImage(between(png, pngChunk('cICP', Uint8Array.of(12, 13, 0, 1)))), 1.5);
    const jpeg = new Uint8Array(encodeJpegFile({ ...image, data: Buffer.from(image.data) }, 100).data);
    const half = profile.length >> 1;
    const parts = [profile.subarray(0, half), profile.subarray(half)].map((part, at) => segment(0xe2, latin('ICC_PROFILE\0'), Uint8Array.of(at + 1, 2), part)); // prettier-ignore
    near(decodeImage(concatenated([jpeg.subarray(0, 2), parts[1]!, parts[0]!, jpeg.subarray(2)])), 1.5, decodeImage(jpeg)); // prettier-ignore
  });

  test('a WebP with a profile is converted, one without is not', () => {
    const webp = brought('i05-webp-named.png');
    const head = Buffer.alloc(10);
    head[0] = 0x20;
    head.writeUIntLE(159, 4, 3);
    head.writeUIntLE(99, 7, 3);
    const managed = littleChunk('RIFF', concatenated([latin('WEBP'), littleChunk('VP8X', head), littleChunk('ICCP', profile), webp.subarray(12)])); // prettier-ignore
    const [plain, converted] = [pixel(decodeImage(webp), 80, 50), pixel(decodeImage(managed), 80, 50)];
    for (const [channel, value] of p3ToSrgb(plain.slice(0, 3)).entries()) {
      expect(Math.abs(converted[channel]! - value)).toBeLessThanOrEqual(1.5);
    }
  });

  test('sRGB in any words changes nothing, and the order of PNG’s words is kept', () => {
    const png = encodePng(image);
    const srgb = pngChunk('sRGB', Uint8Array.of(0));
    for (const chunks of [
      [srgb],
      [gamma],
      [srgb, gamma, primaries],
      [pngChunk('cICP', Uint8Array.of(1, 13, 0, 1)), gamma, primaries],
    ]) {
      // prettier-ignore
      expect(decodeImage(between(png, ...chunks)).data).toEqual(image.data);
    }
  });

  test('a gamma of its own', () => {
    const dark = between(encodePng(image), pngChunk('gAMA', number(1)));
    expect(Math.abs(pixel(decodeImage(dark), 2 * 16, 0)[0]! - 188)).toBeLessThanOrEqual(1.5);
  });

  test('transparency and 16 bits go through it', () => {
    const data = Uint16Array.from([200 * 257, 120 * 257, 90 * 257, 128 * 257]);
    const png = encodePngFile({ width: 1, height: 1, channels: 4, depth: 16, data });
    const found = pixel(decodeImage(between(png, gamma, primaries)), 0, 0);
    for (const [channel, value] of p3ToSrgb([200, 120, 90]).entries()) {
      expect(Math.abs(found[channel]! - value)).toBeLessThanOrEqual(1.5);
    }
    expect(found[3]).toBe(128);
  });

  test('what cannot be used is said, and the pixels stay', () => {
    const png = encodePng(image);
    const bad = [
      pngChunk('iCCP', concatenated([latin('x\0\0'), latin('not zlib')])),
      pngChunk('iCCP', concatenated([latin('x\0\0'), deflateSync(new Uint8Array(200))])),
      pngChunk('iCCP', concatenated([latin('x\0\0'), deflateSync(profile.slice(0, 150))])),
      pngChunk('cICP', Uint8Array.of(9, 16, 0, 1)),
    ];
    for (const chunk of bad) {
      const { image: read, notes } = readPicture(between(png, chunk));
      expect(read.data).toEqual(image.data);
      expect(notes).toHaveLength(1);
    }
  });
});
