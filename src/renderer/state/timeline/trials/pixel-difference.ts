/** What differs between two pictures, pixel by pixel. Pure. */
import { visibleChange } from '../../../../shared/pictures/edit-check.js';

export interface PixelDifference {
  /** Per pixel the largest difference of red, green and blue, 0…255, row by row. */
  levels: Uint8Array;
  /** Mean over all pixels and channels, 0…255. */
  mean: number;
  /** Largest level of all. */
  largest: number;
  /** Share of the pixels that differ visibly, as the self-check of edits counts it, 0…1. */
  changed: number;
}

/** Two pictures of one size as RGBA. Transparency counts as white, which is what the board shows under it. */
export function pixelDifference(a: ArrayLike<number>, b: ArrayLike<number>): PixelDifference {
  const levels = new Uint8Array(a.length / 4);
  let [sum, largest, changed] = [0, 0, 0];
  for (let pixel = 0, at = 0; pixel < levels.length; pixel++, at += 4) {
    let level = 0;
    for (let channel = 0; channel < 3; channel++) {
      const difference = Math.abs(onWhite(a, at, channel) - onWhite(b, at, channel));
      sum += difference;
      level = Math.max(level, difference);
    }
    levels[pixel] = Math.round(level);
    largest = Math.max(largest, levels[pixel]!);
    if (level >= visibleChange) changed++;
  }
  const pixels = Math.max(1, levels.length);
  return { levels, mean: sum / (3 * pixels), largest, changed: changed / pixels };
}

function onWhite(rgba: ArrayLike<number>, at: number, channel: number): number {
  const cover = rgba[at + 3]! / 255;
  return rgba[at + channel]! * cover + 255 * (1 - cover);
}
