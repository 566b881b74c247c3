/** Small or plain files that would take minutes or gigabytes without a bound: WebP chunks, frames that lie, EXIF and XMP texts. */
import { describe, expect, test } from 'vitest';
import { encodePng, readPicture } from './images.js';
import { readFileTexts } from './file-texts.js';
import { exifTextLimits, jpegLimits, webpLimits } from './limits.js';
import { pngChunk } from './png-chunks.js';

const chunk = (type: string, data: Uint8Array): Buffer => {
  const whole = Buffer.alloc(8 + data.length + (data.length % 2));
  whole.write(type, 'latin1');
  whole.writeUInt32LE(data.length, 4);
  whole.set(data, 8);
  return whole;
};
const webp = (...chunks: Buffer[]): Buffer => chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
const png = encodePng({ width: 1, height: 1, data: new Uint8Array(4) });
const withChunk = (type: string, data: Uint8Array): Buffer =>
  Buffer.concat([png.subarray(0, 33), pngChunk(type, data), png.subarray(33)]);

/** A picture of one colour: every prefix code has one symbol, so that its pixels take no bits at all (RFC 9649, 3). */
function plainPicture(width: number, height: number): Buffer {
  const simpleCode: [number, number] = [0b0001, 4];
  const fields: [number, number][] = [[width - 1, 14], [height - 1, 14], [0, 7], ...Array.from({ length: 5 }, () => simpleCode)]; // prettier-ignore
  const bits = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, at) => (value >> at) & 1));
  const data = new Uint8Array(1 + Math.ceil(bits.length / 8) + 4);
  data[0] = 0x2f;
  for (const [at, bit] of bits.entries()) data[1 + (at >> 3)]! |= bit << (at & 7);
  return chunk('VP8L', data);
}

/** On a canvas of 24 × 24. */
function animation(frame: { width: number; height: number }, pixels: Buffer): Buffer {
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x02;
  for (const at of [4, 7]) canvas.writeUIntLE(23, at, 3);
  const head = Buffer.alloc(16);
  head.writeUIntLE(frame.width - 1, 6, 3);
  head.writeUIntLE(frame.height - 1, 9, 3);
  return webp(chunk('VP8X', canvas), chunk('ANIM', new Uint8Array(6)), chunk('ANMF', Buffer.concat([head, pixels])));
}

describe('WebP', () => {
  test('as many chunks as any animation has frames pass, more are refused by their number', () => {
    const empty = (count: number) => Buffer.alloc(8 * count, 'ABCD\0\0\0\0', 'latin1');
    expect(readPicture(webp(plainPicture(24, 24), empty(10_000))).image).toMatchObject({ width: 24, height: 24 });
    const many = webp(plainPicture(24, 24), empty(1_000_000));
    expect(() => readPicture(many)).toThrow(
      expect.objectContaining({
        code: 'image-too-large',
        message: `The image is a WebP file of more than ${webpLimits.chunks} chunks.`,
      }),
    );
    // What was made of a file is read for its words alone.
    expect(readFileTexts(many).faults).toEqual([expect.stringContaining('was not read')]);
  });

  test('a frame is unpacked only where its pixels have the size it states', () => {
    expect(readPicture(animation({ width: 24, height: 24 }, plainPicture(24, 24))).image.width).toBe(24);
    for (const [width, height] of [
      [8000, 5000],
      [40, 24],
      [4, 4],
    ] as const) {
      // prettier-ignore
      expect(() => readPicture(animation({ width: 20, height: 20 }, plainPicture(width, height)))).toThrow(
        /its first frame has another size than it states/,
      );
    }
  });

  test('a profile longer than any is passed over', () => {
    const profile = chunk('ICCP', new Uint8Array(9 * 1024 * 1024));
    expect(readPicture(webp(plainPicture(24, 24), profile)).notes).toEqual([
      expect.stringContaining('damaged or too long'),
    ]);
  });
});

describe('texts', () => {
  /** A TIFF block of entries that all point at the same megabytes. */
  function folded(entries: number, length: number): Buffer {
    const start = 8 + 2 + 12 * entries;
    const block = Buffer.alloc(start + length, 'a');
    block.write('II*\0', 'latin1');
    block.writeUInt32LE(8, 4);
    block.writeUInt16LE(entries, 8);
    for (let entry = 0; entry < entries; entry++) {
      const at = 10 + 12 * entry;
      block.writeUInt16LE(0x010e, at);
      block.writeUInt16LE(2, at + 2);
      block.writeUInt32LE(length, at + 4);
      block.writeUInt32LE(start, at + 8);
    }
    return block;
  }

  test('five hundred EXIF entries over the same four megabytes are read to sixteen, and it is said', () => {
    const { exif, faults } = readFileTexts(withChunk('eXIf', folded(500, exifTextLimits.bytesPerText)));
    expect(exif).toHaveLength(exifTextLimits.bytesInAll / exifTextLimits.bytesPerText);
    expect(faults).toEqual(['Its EXIF texts are longer than 16 MiB together; the rest was not read.']);
  });

  test('what is longer than any text is not read, and it is said', () => {
    const long = Buffer.alloc(5 * 1024 * 1024, 'a');
    expect(readFileTexts(withChunk('comf', long))).toMatchObject({
      named: [],
      faults: [expect.stringMatching(/ComfyUI.* not read/)],
    });
    const said = `<exif:UserComment>${long.toString()}</exif:UserComment>`;
    const file = webp(chunk('VP8X', new Uint8Array(10)), chunk('XMP ', Buffer.from(said)));
    expect(readFileTexts(file)).toMatchObject({ xmp: null, faults: [expect.stringMatching(/XMP packet is longer/)] });
  });

  test('a JPEG of more segments than any says nothing', () => {
    const empty = Buffer.alloc(4 * 2 * jpegLimits.segments, '\xff\xfe\0\x02', 'latin1');
    const file = Buffer.concat([Uint8Array.of(0xff, 0xd8), empty, Uint8Array.of(0xff, 0xda, 0, 2)]);
    expect(readFileTexts(file)).toMatchObject({ named: [], faults: [expect.stringMatching(/not read/)] });
  });
});
