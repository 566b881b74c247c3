/**
 * Animated GIF (GIF89a with the looping extension every program understands): the one animated format that plays wherever slides
 * are made. One palette for all frames, and of each frame only what changed since the one before.
 */
import type { ImageRegion, RasterImage } from './images.js';
import { boundsWhere } from './bounds.js';
import { NearestColour } from './colour-palette.js';

/** One of the 256 indices stands for “as before”. */
export const largestPalette = 255;
const unchanged = 255;
const smallestCode = 8;
const clearCode = 1 << smallestCode;
const endCode = clearCode + 1;
const mostCodes = 4096;

export class GifWriter {
  readonly #width: number;
  readonly #height: number;
  readonly #nearest: NearestColour;
  readonly #bytes = new ByteList();
  /** Palette indices on the screen, null before the first frame. */
  #shown: Uint8Array | null = null;

  /** `palette`: at most 255 colours, three bytes each; width and height 1…65535. */
  constructor(width: number, height: number, palette: Uint8Array) {
    this.#width = width;
    this.#height = height;
    this.#nearest = new NearestColour(palette);
    this.#bytes.text('GIF89a');
    this.#bytes.words(width, height);
    // A global palette of 256 colours; its unused end stays black.
    this.#bytes.bytes([0xf7, 0, 0]);
    const table = new Uint8Array(3 * 256);
    table.set(palette);
    this.#bytes.bytes(table);
    // Repeat without end.
    this.#bytes.bytes([0x21, 0xff, 11]);
    this.#bytes.text('NETSCAPE2.0');
    this.#bytes.bytes([3, 1, 0, 0, 0]);
  }

  /** A frame of the size given at the start, shown for `delayMs` (in steps of 10 ms, at least 20: shorter ones are ignored). */
  add({ data }: RasterImage, delayMs: number): void {
    const indices = new Uint8Array(this.#width * this.#height);
    for (let pixel = 0, at = 0; pixel < indices.length; pixel++, at += 4) {
      indices[pixel] = this.#nearest.of(data[at]!, data[at + 1]!, data[at + 2]!);
    }
    const area = this.#changed(indices);
    const drawn = new Uint8Array(area.width * area.height);
    for (let y = 0; y < area.height; y++) {
      for (let x = 0; x < area.width; x++) {
        const from = (area.y + y) * this.#width + area.x + x;
        const same = this.#shown !== null && this.#shown[from] === indices[from];
        drawn[y * area.width + x] = same ? unchanged : indices[from]!;
      }
    }
    this.#shown = indices;
    // Leave it in place afterwards; index 255 lets the frame before show through.
    this.#bytes.bytes([0x21, 0xf9, 4, 0x05]);
    this.#bytes.words(Math.max(2, Math.round(delayMs / 10)));
    this.#bytes.bytes([unchanged, 0, 0x2c]);
    this.#bytes.words(area.x, area.y, area.width, area.height);
    this.#bytes.bytes([0, smallestCode]);
    compress(drawn, this.#bytes);
  }

  /** The whole file. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#bytes.bytes([0x3b]);
    return this.#bytes.whole();
  }

  /** The rectangle outside of which nothing changed; one pixel where nothing did at all. */
  #changed(indices: Uint8Array): ImageRegion {
    const shown = this.#shown;
    if (shown === null) return { x: 0, y: 0, width: this.#width, height: this.#height };
    const changed = boundsWhere(this.#width, this.#height, (at) => indices[at] !== shown[at]);
    return changed ?? { x: 0, y: 0, width: 1, height: 1 };
  }
}

/** GIF's variant of Lempel, Ziv and Welch: codes of 9 to 12 bits, low bits first, in blocks of at most 255 bytes. */
function compress(indices: Uint8Array, out: ByteList): void {
  const block = new Uint8Array(255);
  let [filled, buffer, pending] = [0, 0, 0];
  const flush = () => {
    if (filled === 0) return;
    out.bytes([filled]);
    out.bytes(block.subarray(0, filled));
    filled = 0;
  };
  const push = () => {
    block[filled++] = buffer & 0xff;
    buffer >>>= 8;
    pending -= 8;
    if (filled === block.length) flush();
  };
  let width = smallestCode + 1;
  const write = (code: number) => {
    buffer |= code << pending;
    pending += width;
    while (pending >= 8) push();
  };

  // (prefix, index) → code of the string both make, valid only in the generation of the table it was written in.
  const table = new Int32Array(mostCodes << 8);
  let [generation, next] = [1, endCode + 1];
  write(clearCode);
  let prefix = indices[0] ?? 0;
  for (let at = 1; at < indices.length; at++) {
    const key = (prefix << 8) | indices[at]!;
    const known = table[key]!;
    if (known >> 12 === generation) {
      prefix = known & 0xfff;
      continue;
    }
    write(prefix);
    if (next < mostCodes) {
      table[key] = (generation << 12) | next;
      // The reader learns this code only after the next one, so it still reads that one in the old width.
      if (next === 1 << width) width++;
      next++;
    } else {
      write(clearCode);
      [width, next] = [smallestCode + 1, endCode + 1];
      generation++;
    }
    prefix = indices[at]!;
  }
  write(prefix);
  // The reader has learnt one more code by now.
  if (next === 1 << width && width < 12) width++;
  write(endCode);
  if (pending > 0) push();
  flush();
  out.bytes([0]);
}

/** Bytes of an unknown number. */
class ByteList {
  #data = new Uint8Array(1 << 16);
  #length = 0;

  bytes(values: ArrayLike<number>): void {
    const needed = this.#length + values.length;
    if (needed > this.#data.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#data.length));
      larger.set(this.#data.subarray(0, this.#length));
      this.#data = larger;
    }
    this.#data.set(values, this.#length);
    this.#length = needed;
  }

  /** 16 bits each, low byte first. */
  words(...values: number[]): void {
    this.bytes(values.flatMap((value) => [value & 0xff, value >> 8]));
  }

  text(ascii: string): void {
    this.bytes(Array.from(ascii, (letter) => letter.charCodeAt(0)));
  }

  whole(): Uint8Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length);
  }
}
