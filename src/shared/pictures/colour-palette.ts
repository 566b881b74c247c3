/** Choosing few colours for many pixels by median cut (P. Heckbert, 1982), and finding the nearest of them. Pure. */
import type { RasterImage } from '../images.js';

/** Five bits a channel: finer differences are not worth a colour of their own. */
const bits = 5;
const cells = 1 << (3 * bits);

interface Box {
  cells: number[];
  weight: number;
  /** The channel in which its colours lie farthest apart, and how far, weighted by how many pixels care. */
  channel: number;
  spread: number;
}

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
    const boxes = [this.#box(used)];
    while (boxes.length < size) {
      const widest = boxes.reduce((best, box, at) => (box.spread > boxes[best]!.spread ? at : best), 0);
      const box = boxes[widest]!;
      if (box.spread === 0) break;
      boxes.splice(widest, 1, ...this.#cut(box));
    }
    return Uint8Array.from(boxes.flatMap((box) => this.#mean(box)));
  }

  #colour(cell: number, channel: number): number {
    return this.#sums[3 * cell + channel]! / this.#weights[cell]!;
  }

  #box(members: number[]): Box {
    const box: Box = { cells: members, weight: 0, channel: 0, spread: 0 };
    for (const cell of members) box.weight += this.#weights[cell]!;
    if (members.length === 1) return box;
    for (let channel = 0; channel < 3; channel++) {
      let [lowest, highest] = [255, 0];
      for (const cell of members) {
        const value = this.#colour(cell, channel);
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
      // The square root lets small areas of an own colour, such as letters, have a say beside large ones.
      const spread = (highest - lowest) * Math.sqrt(box.weight);
      if (spread > box.spread) Object.assign(box, { channel, spread });
    }
    return box;
  }

  /** Two boxes of about the same number of pixels, neither empty. */
  #cut(box: Box): [Box, Box] {
    const ordered = box.cells.toSorted((a, b) => this.#colour(a, box.channel) - this.#colour(b, box.channel));
    let [weight, at] = [0, 0];
    while (at < ordered.length - 1 && (at === 0 || weight + this.#weights[ordered[at]!]! / 2 < box.weight / 2)) {
      weight += this.#weights[ordered[at]!]!;
      at++;
    }
    return [this.#box(ordered.slice(0, at)), this.#box(ordered.slice(at))];
  }

  #mean({ cells: members, weight }: Box): number[] {
    return [0, 1, 2].map((channel) => {
      const sum = members.reduce((total, cell) => total + this.#sums[3 * cell + channel]!, 0);
      return Math.round(sum / weight);
    });
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
