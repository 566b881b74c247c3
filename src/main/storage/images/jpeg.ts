/**
 * JPEG files, decoded by MozJPEG as WebAssembly (package @jsquash/jpeg): the same arithmetic as in browsers, halved colours
 * smoothed as there. Printers' files of four inks, which it does not turn into colours, are decoded by the package jpeg-js.
 */
import start from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { decode as decodeInks } from 'jpeg-js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { jpegSegments } from './jpeg-segments.js';
import { onlyScans } from './jpeg-scans.js';
import { asRaster, startCodec, type WasmDecode } from './wasm-codec.js';

type Decode = WasmDecode<[preservesOrientation: boolean]>;

let decode: Decode | null = null;
/** What the library says of the file it is at: it goes on where a browser would, and paints what is missing grey. */
const complaints: string[] = [];

/** Throws an Error whose message is for the middle of a sentence, and `JpegTooCostly` before anything is decoded. */
export function decodeJpeg(bytes: Uint8Array): RasterImage {
  const scans = onlyScans(bytes);
  return componentsOf(scans) === 4 ? ofInks(scans) : ofColours(scans);
}

function ofColours(bytes: Uint8Array): RasterImage {
  decode ??= startCodec(start as unknown as Parameters<typeof startCodec<[boolean]>>[0], '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', (line) => complaints.push(line)); // prettier-ignore
  complaints.length = 0;
  let decoded: ReturnType<Decode>;
  try {
    decoded = decode(bytes, false);
  } catch (error) {
    throw new Error(complaints.at(-1) ?? 'its pixels cannot be unpacked', { cause: error });
  }
  const serious = complaints.find((line) => !line.includes('extraneous bytes'));
  if (serious !== undefined) throw new Error(serious);
  if (decoded === null) throw new Error('its pixels cannot be unpacked');
  return asRaster(decoded);
}

function ofInks(bytes: Uint8Array): RasterImage {
  // The size was checked before; the library's own bounds would refuse what `imageLimits` allows.
  const { width, height, data } = decodeInks(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: 1000,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, data };
}

/** Of the frame header (ITU-T T.81, B.2.2): precision, height, width, then their number. */
function componentsOf(bytes: Uint8Array): number {
  for (const { marker, data } of jpegSegments(bytes)) if (marker >= 0xc0 && marker <= 0xc2) return data[5] ?? 0;
  return 0;
}
