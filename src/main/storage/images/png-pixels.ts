/**
 * A PNG's header, palette and packed rows: whatever else stands in the file cannot break or blow up the decoding, and the
 * pixel data is unpacked here, where its size is bounded by what the header states.
 */
import { inflateSync } from 'node:zlib';
import { pngLimits } from './limits.js';
import { concatenated, pngChunks } from './png-chunks.js';

/** What was too much, in words that follow "The image". */
export class PngTooCostly extends Error {}

export interface PngHeader {
  width: number;
  height: number;
  /** Bits a sample. */
  depth: number;
  /** Colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colour: number;
  /** Samples a pixel. */
  samples: number;
  isInterlaced: boolean;
}

export interface PngParts {
  header: PngHeader;
  palette: Uint8Array | null;
  transparency: Uint8Array | null;
  /** The filtered rows, `exact` bytes. */
  unpack: (exact: number) => Uint8Array;
}

const needed = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Samples a pixel and depths by colour type (PNG specification, 11.2.2). */
const colourTypes: Record<number, { samples: number; depths: number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
/** Some writers append a few bytes to their pixels; decoders pass over them. */
const slack = 4096;

/** Throws an Error naming what is wrong; its message is for the middle of a sentence. Throws `PngTooCostly`. */
export function readPngParts(bytes: Uint8Array): PngParts {
  let header: PngHeader | null = null;
  let palette: Uint8Array | null = null;
  let transparency: Uint8Array | null = null;
  const packed: Uint8Array[] = [];
  let last = '';
  let count = 0;
  for (const { type, data, isWhole } of pngChunks(bytes, (type) => needed.has(type))) {
    if (++count > pngLimits.chunks) throw new PngTooCostly(`is a PNG of more than ${pngLimits.chunks} chunks`);
    if (!needed.has(type)) continue;
    if (!isWhole) throw new Error(`the checksum of ${type} does not fit`);
    last = type;
    if (type === 'IHDR') header ??= readHeader(data);
    else if (header === null) break;
    else if (type === 'PLTE') palette ??= data;
    else if (type === 'tRNS') transparency ??= data;
    else if (type === 'IDAT') packed.push(data);
  }
  if (header === null) throw new Error('it does not begin with its header');
  if (last !== 'IEND') throw new Error('it ends too early');
  return { header, palette, transparency, unpack: (exact) => unpacked(packed, exact) };
}

function readHeader(data: Uint8Array): PngHeader {
  if (data.length !== 13) throw new Error('its header is damaged');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth, colour, compression, filter, interlace] = [8, 9, 10, 11, 12].map((at) => view.getUint8(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const type = colourTypes[colour];
  if (type === undefined) throw new Error(`there is no colour type ${colour}`);
  if (!type.depths.includes(depth)) throw new Error(`colour type ${colour} does not come with ${depth} bits`);
  if (compression !== 0) throw new Error(`there is no compression method ${compression}`);
  if (filter !== 0) throw new Error(`there is no filter method ${filter}`);
  if (interlace > 1) throw new Error(`there is no interlacing method ${interlace}`);
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: depth,
    colour: colour,
    samples: type.samples,
    isInterlaced: interlace === 1,
  };
}

function unpacked(packed: readonly Uint8Array[], exact: number): Uint8Array {
  let pixels: Uint8Array;
  try {
    const whole = packed.length === 1 ? packed[0]! : concatenated(packed);
    // One piece as large as it may become: in pieces of zlib's own size it would lie in memory twice while they are joined.
    const most = exact + slack;
    pixels = inflateSync(whole, { chunkSize: most, maxOutputLength: most });
  } catch (error) {
    const isTooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(isTooMuch ? 'it holds more pixels than it states' : 'its pixels cannot be unpacked', {
      cause: error,
    });
  }
  if (pixels.length < exact) throw new Error('its pixels end too early');
  return pixels.subarray(0, exact);
}
