/** The chunks of a WebP file (RFC 9649, 2.3 to 2.7). Untrusted bytes: nothing here throws. */
import { webpLimits } from './limits.js';

export interface WebpChunk {
  /** Four characters: `VP8 `, `VP8L`, `VP8X`, `ALPH`, `ANIM`, `ANMF`, `ICCP`, `EXIF`, `XMP `. */
  type: string;
  data: Uint8Array;
}

const ascii = new TextDecoder('latin1');

export function isWebp(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 16 &&
    ascii.decode(bytes.subarray(0, 4)) === 'RIFF' &&
    ascii.decode(bytes.subarray(8, 12)) === 'WEBP'
  );
}

/** Whether the chunks fill the file as it states, each of the length it states: what was shifted or cut does not. */
export function isFilled(bytes: Uint8Array): boolean {
  if (!isWebp(bytes)) return false;
  let end = 12;
  for (const { data } of webpChunks(bytes)) {
    end = data.byteOffset - bytes.byteOffset + data.length;
    end += end % 2;
  }
  const stated = 8 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true);
  // A last odd chunk without its padding is common.
  return Math.abs(end - stated) <= 1 && Math.abs(end - bytes.length) <= 1;
}

/** In file order, to where the file stops being chunks, or to one more than the limit. */
export function* webpChunks(bytes: Uint8Array): Generator<WebpChunk> {
  if (!isWebp(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    if (count++ > webpLimits.chunks) return;
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    if (end > bytes.length) return;
    yield { type: ascii.decode(bytes.subarray(at, at + 4)), data: bytes.subarray(at + 8, end) };
    at = end + (length % 2); // chunks begin on even bytes
  }
}
