/** A picture file without its pixels: only what it says about itself, for whoever reads that and has the pixels from elsewhere. */
import { pictureKind } from '../../../shared/pictures/file-kind.js';

/** More than this is no text about a picture. */
const mostBytes = 20 * 1024 * 1024;

/** Null for kinds that say nothing this studio reads, and where it would be too much. */
export function withoutPixels(bytes: Uint8Array): Uint8Array | null {
  const parts = partsOf(bytes);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (parts.length === 0 || length > mostBytes) return null;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  switch (pictureKind(bytes)) {
    case 'png':
      return pngParts(bytes);
    case 'jpeg':
      return jpegParts(bytes);
    case 'webp':
      return webpParts(bytes);
    default:
      return [];
  }
}

/** Every chunk that holds no pixels, up to the end. */
function pngParts(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type !== 'IDAT' && type !== 'fdAT' && type !== 'fcTL') parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/** The marker segments, and the end at once where the pixels would begin. */
function jpegParts(bytes: Uint8Array): Uint8Array[] {
  const end = startOfScan(bytes);
  const isSound = bytes[end] === 0xff && (bytes[end + 1] === 0xda || bytes[end + 1] === 0xd9);
  return [bytes.subarray(0, end), ...(isSound ? [Uint8Array.of(0xff, 0xd9)] : [])];
}

/** Where the marker segments of a JPEG end. */
function startOfScan(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda && bytes[at + 1] !== 0xd9) {
    const standsAlone = bytes[at + 1] === 0xff || bytes[at + 1] === 0x01;
    at += standsAlone ? 1 : 2 + view.getUint16(at + 2);
  }
  return Math.min(at, bytes.length);
}

function webpParts(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const end = Math.min(bytes.length, at + 8 + length + (length % 2));
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (type === 'VP8X' || type === 'EXIF' || type === 'XMP ') parts.push(bytes.subarray(at, end));
    at = end;
  }
  const head = Uint8Array.from(bytes.subarray(0, 12));
  viewOf(head).setUint32(4, parts.reduce((sum, part) => sum + part.length, 4), true); // prettier-ignore
  return [head, ...parts];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
