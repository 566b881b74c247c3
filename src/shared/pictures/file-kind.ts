/** What kind of picture a file is, by its content: names and the types that browsers derive from them are often wrong. */
import { gifFrames } from './gif-blocks.js';

export type PictureKind = 'png' | 'jpeg' | 'webp' | 'gif' | 'other';

export function pictureKind(bytes: Uint8Array): PictureKind {
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (startsWith(bytes, 0, '\xff\xd8')) return 'jpeg';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'webp';
  return startsWith(bytes, 0, 'GIF87a') || startsWith(bytes, 0, 'GIF89a') ? 'gif' : 'other';
}

/** Whether it holds more than one frame. */
export function isAnimated(bytes: Uint8Array): boolean {
  switch (pictureKind(bytes)) {
    case 'png':
      return pngSaysFrames(bytes);
    case 'webp':
      return startsWith(bytes, 12, 'VP8X') && ((bytes[20] ?? 0) & 0x02) !== 0;
    case 'gif':
      return holdsFrames(bytes);
    default:
      return false;
  }
}

/** acTL stands before the pixels and counts the frames (PNG specification, third edition, 11.3.6.1). */
function pngSaysFrames(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (startsWith(bytes, at + 4, 'IDAT')) return false;
    if (startsWith(bytes, at + 4, 'acTL')) return view.getUint32(at + 8) > 1;
  }
  return false;
}

/** Counted up to two. */
function holdsFrames(bytes: Uint8Array): boolean {
  const frames = gifFrames(bytes);
  frames.next();
  return frames.next().done !== true;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
