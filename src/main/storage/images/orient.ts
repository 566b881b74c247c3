/** A picture turned as its EXIF block says it was held. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { Orientation } from './exif.js';

/** 1: as stored; 2 to 4: mirrored or upside down; 5 to 8: on its side, so that width and height change places. */
export function oriented(image: RasterImage, orientation: Orientation): RasterImage {
  if (orientation === 1) return image;
  const { width, height } = image;
  const isOnSide = orientation >= 5;
  const turned = { width: isOnSide ? height : width, height: isOnSide ? width : height };
  const from = new Uint32Array(image.data.buffer, image.data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  // Where the pixel (0, 0) goes, and how far one step in x and in y goes.
  const right = turned.width - 1;
  const below = (turned.height - 1) * turned.width;
  const [start, stepX, stepY] = {
    2: [right, -1, turned.width],
    3: [below + right, -1, -turned.width],
    4: [below, 1, -turned.width],
    5: [0, turned.width, 1],
    6: [right, turned.width, -1],
    7: [below + right, -turned.width, -1],
    8: [below, -turned.width, 1],
  }[orientation] as [number, number, number];
  for (let y = 0; y < height; y++) {
    let at = start + y * stepY;
    for (let x = 0; x < width; x++, at += stepX) to[at] = from[y * width + x]!;
  }
  return { ...turned, data: new Uint8Array(to.buffer) };
}
