/** Choosing few colours for many pixels, and finding the nearest of them. Pure. */
import type { RasterImage } from './images.js';
import { meansOf, medianCut } from './median-cut.js';

/** Five bits a channel: finer differences are not worth a colour of their own. */
const bits = 5;
const cells = 1 << (3 * bits);

/** Counts colours of any number of pictures, then answers with the best few. */
export class ColourCount {
  readonly #weights = new Float64Array(cells);
  /** Sums of the exact colours in each cell, so that a flat area keeps its very colour. */
  readonly #sums = new Float64Array(3 * cells);

  add({ data }: RasterImage): void {
    for (let at = 0; at < data.length; at += 4) {
      const cell = cellOf(data[at]!, data[at + 1]!, data[at + 2]!);
      this.#weights[cell]!++;
      for (let channel = 0; channel < 3; channel++) this.#sums[3 * cell + channel]! += data[at + channel]!;
    }
  }

  /** At most `size` colours, red, green and blue after each other; one black one when nothing was counted. */
  palette(size: number): Uint8Array {
    const used = Array.from(this.#weights.keys()).filter((cell) => this.#weights[cell]! > 0);
    if (used.length === 0) return new Uint8Array(3);
    const colours = {
      values: Float64Array.from(
        used.flatMap((cell) => [0, 1, 2].map((channel) => this.#sums[3 * cell + channel]! / this.#weights[cell]!)),
      ),
      weights: Float64Array.from(used, (cell) => this.#weights[cell]!),
    };
    return meansOf(colours, medianCut(colours, size));
  }
}

/** Nearest colours of one palette, remembered by cell. */
export class NearestColour {
  readonly #palette: Uint8Array;
  readonly #found = new Int16Array(cells).fill(-1);

  constructor(palette: Uint8Array) {
    this.#palette = palette;
  }

  /** The index in the palette. */
  of(red: number, green: number, blue: number): number {
    const cell = cellOf(red, green, blue);
    if (this.#found[cell] === -1) this.#found[cell] = this.#search(red, green, blue);
    return this.#found[cell]!;
  }

  #search(red: number, green: number, blue: number): number {
    let [best, nearest] = [0, Infinity];
    for (let at = 0; at < this.#palette.length; at += 3) {
      // Weighted by how bright each channel looks.
      const distance =
        3 * (this.#palette[at]! - red) ** 2 +
        6 * (this.#palette[at + 1]! - green) ** 2 +
        (this.#palette[at + 2]! - blue) ** 2;
      if (distance < nearest) [best, nearest] = [at / 3, distance];
    }
    return best;
  }
}

function cellOf(red: number, green: number, blue: number): number {
  const shift = 8 - bits;
  return ((red >> shift) << (2 * bits)) | ((green >> shift) << bits) | (blue >> shift);
}
