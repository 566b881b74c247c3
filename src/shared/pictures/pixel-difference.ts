/** What differs between two pictures of one size, pixel by pixel. Pure. */
import type { RasterImage } from './images.js';

/** Of 255: less than this in every channel is not seen as a change. */
export const visibleChange = 12;

export interface PixelDifference {
  /** Per pixel the largest difference of red, green and blue, 0…255, row by row. */
  levels: Uint8Array;
  /** Per pixel the sum of the differences of red, green and blue, 0…765. */
  sums: Uint16Array;
  /** Mean over all pixels and channels, 0…255. */
  mean: number;
  /** Largest level of all. */
  largest: number;
  /** Share of the pixels that differ at all, 0…1. */
  changed: number;
  /** Share of the pixels in which that can be seen, 0…1. */
  visible: number;
}

/** Colours only; `overWhite` first where opacity counts. */
export function pixelDifference(a: Pick<RasterImage, 'data'>, b: Pick<RasterImage, 'data'>): PixelDifference {
  const pixels = a.data.length / 4;
  const levels = new Uint8Array(pixels);
  const sums = new Uint16Array(pixels);
  let [sum, largest, changed, visible] = [0, 0, 0, 0];
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 4) {
    const red = Math.abs(a.data[at]! - b.data[at]!);
    const green = Math.abs(a.data[at + 1]! - b.data[at + 1]!);
    const blue = Math.abs(a.data[at + 2]! - b.data[at + 2]!);
    const level = Math.max(red, green, blue);
    levels[pixel] = level;
    sums[pixel] = red + green + blue;
    sum += red + green + blue;
    largest = Math.max(largest, level);
    if (level > 0) changed++;
    if (level >= visibleChange) visible++;
  }
  const count = Math.max(1, pixels);
  return { levels, sums, mean: sum / (3 * count), largest, changed: changed / count, visible: visible / count };
}

/** Opaque RGBA: what shows through counts as white, which is what the board shows under it. */
export function overWhite(rgba: ArrayLike<number>): Uint8Array {
  const data = new Uint8Array(rgba.length);
  for (let at = 0; at < data.length; at += 4) {
    const cover = rgba[at + 3]! / 255;
    for (let channel = at; channel < at + 3; channel++)
      data[channel] = Math.round(rgba[channel]! * cover + 255 * (1 - cover));
    data[at + 3] = 255;
  }
  return data;
}
