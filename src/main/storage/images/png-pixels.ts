/**
 * A PNG reduced to what its pixels need, before a decoder sees it: whatever else stands in the file cannot break or blow
 * up the decoding, and the pixel data is unpacked here, where its size is bounded by what the header states.
 */
import { deflateSync, inflateSync, constants } from 'node:zlib';
import { concatenated, pngChunk, pngChunks, pngSignature, type PngChunk } from './png-chunks.js';

const needed = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Samples a pixel by colour type (PNG specification, 11.2.2). */
const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Some writers append a few bytes to their pixels; decoders pass over them. */
const slack = 4096;

/** Throws an Error naming what is wrong; its message is for the middle of a sentence. */
export function onlyPixels(bytes: Uint8Array): Uint8Array {
  const chunks: PngChunk[] = [];
  for (const chunk of pngChunks(bytes)) {
    if (!needed.has(chunk.type)) continue;
    if (!chunk.isWhole) throw new Error(`the checksum of ${chunk.type} does not fit`);
    chunks.push(chunk);
  }
  const [header] = chunks;
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new Error('it does not begin with its header');
  if (chunks.at(-1)?.type !== 'IEND') throw new Error('it ends too early');
  const packed = concatenated(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  // Stored, not compressed: only the decoder reads it, at once.
  const pixels = deflateSync(unpacked(packed, bytesOf(header.data)), { level: constants.Z_NO_COMPRESSION });
  const others = chunks.filter(({ type }) => type === 'PLTE' || type === 'tRNS');
  return concatenated([
    pngSignature,
    ...[header, ...others].map(({ type, data }) => pngChunk(type, data)),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

function unpacked(packed: Uint8Array, exact: number): Uint8Array {
  let pixels: Uint8Array;
  try {
    pixels = inflateSync(packed, { maxOutputLength: exact + slack });
  } catch (error) {
    const isTooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(isTooMuch ? 'it holds more pixels than it states' : 'its pixels cannot be unpacked', {
      cause: error,
    });
  }
  if (pixels.length < exact) throw new Error('its pixels end too early');
  return pixels.subarray(0, exact);
}

/** Of the filtered rows; interlacing splits them into seven passes, each with rows of its own. */
function bytesOf(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const samples = samplesOf[header[9]!];
  if (samples === undefined) throw new Error(`there is no colour type ${header[9]}`);
  const bits = samples * header[8]!;
  const rows = (columns: number, lines: number): number =>
    columns === 0 ? 0 : lines * (1 + Math.ceil((columns * bits) / 8));
  if (header[12] !== 1) return rows(width, height);
  return adam7.reduce(
    (sum, [x, y, stepX, stepY]) => sum + rows(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)),
    0,
  );
}

/** First column and row and the distances to the next ones, by pass (PNG specification, 8.2). */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
