/** PNG files of any colour type, depth, interlacing and filter, packed by hand: no encoder makes all of them. */
import { deflateSync } from 'node:zlib';
import { concatenated, pngChunk, pngSignature } from '../../src/main/storage/images/png-chunks.js';

/** Samples a pixel by colour type. */
export const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export interface PngPlan {
  width: number;
  height: number;
  colour: number;
  depth: number;
  isInterlaced: boolean;
  /** The value of a sample, in the picture's own depth. */
  sample: (x: number, y: number, channel: number) => number;
  /** Between header and palette. */
  before?: Uint8Array[];
  /** Between palette and pixels. */
  after?: Uint8Array[];
}

/** Unfiltered rows; a palette of 256 colours where the type has one. */
export function craftPng({
  width,
  height,
  colour,
  depth,
  isInterlaced,
  sample,
  before = [],
  after = [],
}: PngPlan): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  [depth, colour, 0, 0, isInterlaced ? 1 : 0].forEach((value, at) => header.setUint8(8 + at, value));
  const samples = samplesOf[colour]!;
  const rows: number[] = [];
  for (const [left, top, stepX, stepY] of isInterlaced ? adam7 : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.ceil((width - left) / stepX);
    for (let y = top; y < height && columns > 0; y += stepY) {
      const bits: number[] = [];
      for (let column = 0; column < columns; column++) {
        for (let channel = 0; channel < samples; channel++) {
          const value = sample(left + column * stepX, y, channel);
          for (let bit = depth - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
        }
      }
      rows.push(0);
      for (let at = 0; at < bits.length; at += 8) {
        rows.push(Array.from({ length: 8 }, (_, bit) => bits[at + bit] ?? 0).reduce((byte, bit) => byte * 2 + bit, 0));
      }
    }
  }
  const palette = Uint8Array.from({ length: 3 * 2 ** Math.min(8, depth) }, (_, at) => (at * 83) % 256);
  return concatenated([
    pngSignature,
    pngChunk('IHDR', new Uint8Array(header.buffer)),
    ...before,
    ...(colour === 3 ? [pngChunk('PLTE', palette)] : []),
    ...after,
    pngChunk('IDAT', deflateSync(Uint8Array.from(rows))),
    pngChunk('IEND', new Uint8Array()),
  ]);
}
