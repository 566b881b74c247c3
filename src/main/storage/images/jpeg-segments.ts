/** The marker segments of a JPEG file up to its first scan (ITU-T T.81, annex B). Untrusted bytes: nothing here throws. */
import { jpegLimits } from './limits.js';

export interface JpegSegment {
  /** The marker's second byte: 0xe1 for APP1, 0xfe for a comment. */
  marker: number;
  data: Uint8Array;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Whether the segments lead to the pixels, each of the length it states: what was shifted or cut does not. */
export function leadsToPixels(bytes: Uint8Array): boolean {
  let end = 2;
  for (const { data } of jpegSegments(bytes)) end = data.byteOffset - bytes.byteOffset + data.length;
  while (bytes[end] === 0xff && bytes[end + 1] === 0xff) end++;
  return bytes[end] === 0xff && (bytes[end + 1] === 0xda || bytes[end + 1] === 0xd9);
}

/** Ends where the pixels begin, where the file stops being segments, or at one more than the limit. */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  if (!isJpeg(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2; // a marker that stands alone
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return;
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > bytes.length || count++ > jpegLimits.segments) return;
    yield { marker, data: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}
