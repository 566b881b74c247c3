/** The frames of a GIF file as they lie in it (GIF89a, 12 to 26): blocks are walked, nothing is unpacked, nothing here throws. */

export interface GifFrame {
  /** In pixels of the screen. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** Where the frame's blocks end in the file, or would. */
  end: number;
}

const descriptor = 10;

/** In file order, to where the file stops being blocks. */
export function* gifFrames(bytes: Uint8Array): Generator<GifFrame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 13 + tableBytes(bytes[10] ?? 0); at < bytes.length;) {
    if (bytes[at] === 0x21) at = afterBlocks(bytes, at + 2);
    else if (bytes[at] === 0x2c && at + descriptor <= bytes.length) {
      const [left, top, width, height] = [1, 3, 5, 7].map((from) => view.getUint16(at + from, true)) as [number, number, number, number]; // prettier-ignore
      at = afterBlocks(bytes, at + descriptor + 1 + tableBytes(bytes[at + 9]!));
      yield { left, top, width, height, end: at };
    } else return;
  }
}

/** Of the colours that the flags of a screen or a frame announce. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return at + 1;
}
