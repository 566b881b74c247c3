/** Rectangles of pictures, copied row by row. Pure. */
import type { ImageRegion } from './images.js';

interface Pixels {
  width: number;
  height: number;
  /** [height · width · channels], rows from the top left. */
  data: Uint8Array;
}

/** The part of the picture in the rectangle, all of which lies inside it. */
export function cutOut(picture: Pixels, { x, y, width, height }: ImageRegion): Pixels {
  const channels = picture.data.length / (picture.width * picture.height);
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * picture.width + x) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { width, height, data };
}

/** Writes `part` into `target` with its top left corner at (x, y); what would lie outside is left out. */
export function paste(target: Pixels, part: Pixels, x: number, y: number): void {
  const channels = target.data.length / (target.width * target.height);
  const columns = Math.min(part.width, target.width - x);
  for (let row = 0; row < Math.min(part.height, target.height - y); row++) {
    const from = row * part.width * channels;
    target.data.set(part.data.subarray(from, from + columns * channels), ((y + row) * target.width + x) * channels);
  }
}
