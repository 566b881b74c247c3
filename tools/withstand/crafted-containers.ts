/** What stands around pixels and costs out of proportion: chunks of WebP, entries of EXIF, frames that lie about their size. */
import { concatenated, pngChunk } from '../../src/main/storage/images/png-chunks.js';

export function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(8 + data.length + (data.length % 2));
  whole.write(type, 'latin1');
  whole.writeUInt32LE(data.length, 4);
  whole.set(data, 8);
  return whole;
}

export function webp(...chunks: Uint8Array[]): Uint8Array {
  return chunk('RIFF', concatenated([Buffer.from('WEBP', 'latin1'), ...chunks]));
}

/** VP8L of one colour: every prefix code has one symbol, so that its pixels take no bits at all (RFC 9649, 3). */
export function plainPixels(width: number, height: number): Uint8Array {
  const simpleCode: [number, number] = [0b0001, 4];
  const fields: [number, number][] = [[width - 1, 14], [height - 1, 14], [0, 7], ...Array.from({ length: 5 }, () => simpleCode)]; // prettier-ignore
  const bits = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, at) => (value >> at) & 1));
  const data = new Uint8Array(1 + Math.ceil(bits.length / 8) + 4);
  data[0] = 0x2f;
  for (const [at, bit] of bits.entries()) data[1 + (at >> 3)]! |= bit << (at & 7);
  return chunk('VP8L', data);
}

/** `flags`: 0x20 for a profile, 0x08 for EXIF, 0x04 for XMP, 0x02 for an animation (RFC 9649, 2.7). */
export function canvas(flags: number, side = 24): Uint8Array {
  const data = Buffer.alloc(10);
  data[0] = flags;
  for (const at of [4, 7]) data.writeUIntLE(side - 1, at, 3);
  return chunk('VP8X', data);
}

export function webpOfEmptyChunks(count: number): Uint8Array {
  return webp(plainPixels(24, 24), Buffer.alloc(8 * count, 'ABCD\0\0\0\0', 'latin1'));
}

export function webpWithProfile(profile: Uint8Array): Uint8Array {
  return webp(canvas(0x20), chunk('ICCP', profile), plainPixels(24, 24));
}

/** A frame of 20 × 20 on 24 × 24 whose pixels have another size. */
export function lyingWebp(width: number, height: number): Uint8Array {
  const head = Buffer.alloc(16);
  for (const at of [6, 9]) head.writeUIntLE(19, at, 3);
  const frame = chunk('ANMF', concatenated([head, plainPixels(width, height)]));
  return webp(canvas(0x02), chunk('ANIM', new Uint8Array(6)), frame);
}

/** A screen of 3 × 2 and a frame of 65,535 × 65,535, whose pixels are not there. */
export function lyingGif(): Uint8Array {
  const screen = [3, 0, 2, 0, 0x80, 0, 0, 200, 10, 20, 0, 0, 255];
  const frame = [0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x44, 1, 0];
  return Uint8Array.from([...Buffer.from('GIF89a', 'latin1'), ...screen, ...frame, 0x3b]);
}

interface Entry {
  tag: number;
  /** 2 for ASCII, 7 for bytes of any kind (TIFF 6.0, 2). */
  type: number;
}

/** A TIFF block whose entries all point at the same bytes. */
export function exifOver(shared: Uint8Array, entries: readonly Entry[]): Uint8Array {
  const start = 8 + 2 + 12 * entries.length + 4;
  const block = Buffer.alloc(start + shared.length);
  block.write('II*\0', 'latin1');
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(entries.length, 8);
  for (const [index, { tag, type }] of entries.entries()) {
    const at = 10 + 12 * index;
    block.writeUInt16LE(tag, at);
    block.writeUInt16LE(type, at + 2);
    block.writeUInt32LE(shared.length, at + 4);
    block.writeUInt32LE(start, at + 8);
  }
  block.set(shared, start);
  return block;
}

const fourMegabytes = 4 * 1024 * 1024;
const times = 500;

export function plainExif(): Uint8Array {
  return exifOver(Buffer.alloc(fourMegabytes, 'a'), Array<Entry>(times).fill({ tag: 0x010e, type: 2 }));
}

/** User comments whose byte order has to be guessed, again and again. */
export function utf16Exif(): Uint8Array {
  const text = Buffer.concat([
    Buffer.from('UNICODE\0', 'latin1'),
    Buffer.alloc(fourMegabytes - 8, Buffer.from('é', 'utf16le')),
  ]);
  return exifOver(text, Array<Entry>(times).fill({ tag: 0x9286, type: 7 }));
}

export function exifChunk(block: Uint8Array): Uint8Array {
  return pngChunk('eXIf', block);
}
