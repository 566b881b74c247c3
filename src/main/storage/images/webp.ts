/**
 * WebP files, decoded by Google's own library as WebAssembly (package @jsquash/webp): memory-safe whatever the file holds. Of an
 * animated file the first frame, on its canvas.
 */
import start from '@jsquash/webp/codec/dec/webp_dec.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { webpLimits } from './limits.js';
import { concatenated } from './png-chunks.js';
import { asRaster, startCodec, type WasmDecode } from './wasm-codec.js';
import { webpChunks, type WebpChunk } from './webp-chunks.js';

let decode: WasmDecode | null = null;

/** The message is for the end of a sentence that begins with the image. */
export class WebpTooCostly extends Error {}

export interface WebpSize {
  width: number;
  height: number;
}

/** As the first chunk states it (RFC 9649, 2.5 to 2.7); null where it does not. */
export function webpSize(bytes: Uint8Array): WebpSize | null {
  const [first] = webpChunks(bytes);
  if (first === undefined) return null;
  const { type, data } = first;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (type === 'VP8X' && data.length >= 10) return { width: uint24(data, 4) + 1, height: uint24(data, 7) + 1 };
  if (type === 'VP8L' && data.length >= 5) {
    const bits = view.getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (type === 'VP8 ' && data.length >= 10) {
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  }
  return null;
}

/** Throws `WebpTooCostly`, or an Error whose message is for the middle of a sentence. */
export function decodeWebp(bytes: Uint8Array): RasterImage {
  const chunks = [...webpChunks(bytes)];
  if (chunks.length > webpLimits.chunks)
    throw new WebpTooCostly(`is a WebP file of more than ${webpLimits.chunks} chunks`);
  const frame = chunks.find(({ type }) => type === 'ANMF');
  if (frame === undefined) return decodeStill(onlyPixels(chunks));
  const canvas = webpSize(bytes);
  if (canvas === null || frame.data.length < 24) throw new Error('its first frame is missing');
  const { data } = frame;
  const stated = { width: uint24(data, 6) + 1, height: uint24(data, 9) + 1 };
  const [left, top] = [2 * uint24(data, 0), 2 * uint24(data, 3)];
  if (left + stated.width > canvas.width || top + stated.height > canvas.height) throw new Error('its first frame lies outside'); // prettier-ignore
  const still = stillFile(data.subarray(16), stated);
  // Only the canvas was checked, and the frame within it: pixels of another size would be unpacked whatever they take.
  const held = webpSize(still);
  if (held?.width !== stated.width || held.height !== stated.height) throw new Error('its first frame has another size than it states'); // prettier-ignore
  return placed(decodeStill(still), canvas, left, top);
}

function decodeStill(bytes: Uint8Array): RasterImage {
  decode ??= startCodec<[]>(start as unknown as Parameters<typeof startCodec<[]>>[0], '@jsquash/webp/codec/dec/webp_dec.wasm'); // prettier-ignore
  const decoded = decode(bytes);
  if (decoded === null) throw new Error('its pixels cannot be unpacked');
  return asRaster(decoded);
}

/** Without the profile and the texts, which the decoder does not need. */
function onlyPixels(chunks: readonly WebpChunk[]): Uint8Array {
  const kept = new Set(['VP8X', 'ALPH', 'VP8 ', 'VP8L']);
  return riff(chunks.filter(({ type }) => kept.has(type)).map(({ type, data }) => chunk(type, data)));
}

/** The chunks of a frame as a file of its own. */
function stillFile(frame: Uint8Array, { width, height }: WebpSize): Uint8Array {
  const hasAlpha = frame[0] === 0x41; // "ALPH"
  const head = new Uint8Array(10);
  head[0] = hasAlpha ? 0x10 : 0;
  for (let byte = 0; byte < 3; byte++) {
    head[4 + byte] = (width - 1) >> (8 * byte);
    head[7 + byte] = (height - 1) >> (8 * byte);
  }
  return riff(hasAlpha ? [chunk('VP8X', head), frame] : [frame]);
}

function riff(parts: readonly Uint8Array[]): Uint8Array {
  const body = concatenated([new TextEncoder().encode('WEBP'), ...parts]);
  return concatenated([chunk('RIFF', body)]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(8 + data.length + (data.length % 2));
  whole.set(new TextEncoder().encode(type));
  new DataView(whole.buffer).setUint32(4, data.length, true);
  whole.set(data, 8);
  return whole;
}

function placed(frame: RasterImage, canvas: WebpSize, left: number, top: number): RasterImage {
  if (frame.width === canvas.width && frame.height === canvas.height) return frame;
  const data = new Uint8Array(canvas.width * canvas.height * 4);
  for (let y = 0; y < frame.height; y++) {
    const row = frame.data.subarray(y * frame.width * 4, (y + 1) * frame.width * 4);
    data.set(row, ((top + y) * canvas.width + left) * 4);
  }
  return { ...canvas, data };
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}
