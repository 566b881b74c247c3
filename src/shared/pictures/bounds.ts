/** Where in a picture something is. Pure. */
import type { ImageRegion } from './images.js';

/** The smallest rectangle around all pixels that are `isIn`, asked by their place in rows from the top left; null for none. */
export function boundsWhere(width: number, height: number, isIn: (at: number) => boolean): ImageRegion | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isIn(y * width + x)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right === -1 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
