/** Images as the world makes them, and as somebody malicious would: read, or refused in words. */
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { encode as encodePngFile } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { concatenated, pngChunk, pngSignature } from '../../src/main/storage/images/png-chunks.js';
import { StudioError } from '../../src/shared/errors.js';
import { cmykJpeg } from './cmyk-jpeg.js';
import { runs } from '../property-runs.js';

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string });

function png(
  header: { width: number; height: number; depth?: number; colour?: number; interlaced?: boolean },
  ...rest: Uint8Array[]
): Uint8Array {
  const { width, height, depth = 8, colour = 6, interlaced = false } = header;
  const ihdr = new Uint8Array(13);
  new DataView(ihdr.buffer).setUint32(0, width);
  new DataView(ihdr.buffer).setUint32(4, height);
  ihdr.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return concatenated([pngSignature, pngChunk('IHDR', ihdr), ...rest, pngChunk('IEND', new Uint8Array())]);
}
const idat = (raw: Uint8Array): Uint8Array => pngChunk('IDAT', deflateSync(raw));
const whole = encodePng({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) });
const rows = Uint8Array.of(0, 1, 2, 3, 255, 4, 5, 6, 255);

describe('PNG', () => {
  test('one pixel', () => {
    expect(decodeImage(png({ width: 1, height: 1 }, idat(Uint8Array.of(0, 9, 8, 7, 6)))).data).toEqual(
      Uint8Array.of(9, 8, 7, 6),
    );
  });

  test('16 bits a channel', () => {
    const image = encodePngFile({
      width: 1,
      height: 2,
      channels: 3,
      depth: 16,
      data: Uint16Array.of(65535, 0, 257, 32768, 1, 514),
    });
    expect([...decodeImage(image).data]).toEqual([255, 0, 1, 255, 128, 0, 2, 255]);
  });

  test('animated: its still picture', () => {
    const control = pngChunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0));
    const frame = pngChunk(
      'fdAT',
      concatenated([Uint8Array.of(0, 0, 0, 1), deflateSync(rows.map((byte) => 255 - byte))]),
    );
    expect(decodeImage(png({ width: 2, height: 1 }, control, idat(rows), frame))).toEqual(decodeImage(whole));
  });

  test('interlaced, whose rows stand in passes', () => {
    // 2 × 1: pass 1 holds the first column, pass 6 the second.
    const passes = Uint8Array.of(0, 1, 2, 3, 255, 0, 4, 5, 6, 255);
    expect(decodeImage(png({ width: 2, height: 1, interlaced: true }, idat(passes)))).toEqual(decodeImage(whole));
  });

  test('20,000 pixels wide is refused before anything is unpacked', () => {
    expect(() => decodeImage(png({ width: 20_000, height: 10 }, idat(rows)))).toThrow(
      refused('image-too-large', /20000 × 10 pixels; the longest side allowed is 8192/),
    );
  });

  test('pixels that unpack to far more than the header states', () => {
    const bomb = png({ width: 2, height: 1 }, idat(new Uint8Array(200_000_000)));
    expect(bomb.length).toBeLessThan(300_000);
    expect(() => decodeImage(bomb)).toThrow(refused('image-unreadable', /more pixels than it states/));
  });

  test('what is not pixels cannot break the pixels: damaged texts, a profile that is a bomb', () => {
    const badText = pngChunk('tEXt', Uint8Array.of(0));
    const badCrc = pngChunk('tEXt', Uint8Array.of(65, 0, 66)).with(-1, 0);
    const profile = pngChunk('iCCP', concatenated([Uint8Array.of(65, 0, 0), deflateSync(new Uint8Array(200_000_000))]));
    expect(decodeImage(png({ width: 2, height: 1 }, badText, badCrc, profile, idat(rows)))).toEqual(decodeImage(whole));
  });

  test('a little behind the pixels is passed over, too few pixels are not', () => {
    expect(decodeImage(png({ width: 2, height: 1 }, idat(concatenated([rows, new Uint8Array(7)]))))).toEqual(
      decodeImage(whole),
    );
    expect(() => decodeImage(png({ width: 2, height: 1 }, idat(rows.slice(0, 5))))).toThrow(
      refused('image-unreadable', /./),
    );
    expect(() => decodeImage(png({ width: 2, height: 1 }))).toThrow(refused('image-unreadable', /./));
  });

  test('any header over the same pixels ends in a picture of its size or in a StudioError', () => {
    const side = fc.oneof(fc.nat(40), fc.nat(0xffffffff));
    fc.assert(
      fc.property(side, side, fc.nat(20), fc.nat(8), fc.boolean(), (width, height, depth, colour, interlaced) => {
        try {
          const image = decodeImage(png({ width, height, depth, colour, interlaced }, idat(rows)));
          expect(image.data).toHaveLength(width * height * 4);
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

test('a CMYK JPEG, as printers make them, comes in with its colours', () => {
  const { width, height, data } = decodeImage(cmykJpeg);
  expect([width, height]).toEqual([8, 8]);
  // Cyan ink alone: no red, much green and blue.
  const [red, green, blue, alpha] = data;
  expect(red).toBeLessThan(60);
  expect(green).toBeGreaterThan(150);
  expect(blue).toBeGreaterThan(150);
  expect(alpha).toBe(255);
});

test('files of other kinds are refused by what they are not', () => {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  for (const bytes of [text('BM\x46\x00\x00\x00'), text('<svg></svg>')]) {
    expect(() => decodeImage(bytes)).toThrow(refused('image-unreadable', /neither a PNG, a JPEG, a WebP nor a GIF/));
  }
  const cutOff = text('RIFF\x10\x00\x00\x00WEBPVP8 ');
  expect(() => decodeImage(cutOff)).toThrow(refused('image-unreadable', /ends inside its header/));
  const noFrame = text('GIF89a\x01\x00\x01\x00');
  expect(() => decodeImage(noFrame)).toThrow(refused('image-unreadable', /ends before its first frame/));
});
