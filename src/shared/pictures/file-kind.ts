/** What kind of picture a file is, by its content: names and the types that browsers derive from them are often wrong. */

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
      return gifFrames(bytes) > 1;
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

/** Counted up to two: blocks are walked, nothing is unpacked (GIF89a, 12 to 26). */
function gifFrames(bytes: Uint8Array): number {
  const table = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + table(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length && frames < 2) {
    const block = bytes[at];
    if (block === 0x21) at = afterBlocks(bytes, at + 2);
    else if (block === 0x2c) {
      frames++;
      at = afterBlocks(bytes, at + 11 + table(bytes[at + 9] ?? 0));
    } else break;
  }
  return frames;
}

function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return at + 1;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
