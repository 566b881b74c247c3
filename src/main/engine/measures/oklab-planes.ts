/** Pictures in OKLab, as planes to compare. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { linearOfByte, oklabOfLinear } from '../../../shared/pictures/oklab.js';

/** Everything is measured on a square of this side, whatever the picture's size. */
export const oklabSide = 128;
const side = oklabSide;

/** L, a, b planes [3, 128, 128] of OKLab; other sizes are averaged or repeated to that square. */
export function toOklab({ width, height, data }: RasterImage): Float32Array {
  const planes = new Float32Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    const [top, bottom] = pixelsOf(row, height);
    for (let column = 0; column < side; column++) {
      const [left, right] = pixelsOf(column, width);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
          red += linearOfByte[data[at]!]!;
          green += linearOfByte[data[at + 1]!]!;
          blue += linearOfByte[data[at + 2]!]!;
        }
      }
      const scale = 1 / ((bottom - top) * (right - left));
      const [lightness, greenRed, blueYellow] = oklabOfLinear(scale * red, scale * green, scale * blue);
      const at = row * side + column;
      planes[at] = lightness;
      planes[16_384 + at] = greenRed;
      planes[32_768 + at] = blueYellow;
    }
  }
  return planes;
}

function pixelsOf(cell: number, pixels: number): [number, number] {
  const from = Math.floor((cell * pixels) / side);
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * pixels) / side))];
}

/** Means of 2 × 2 cells: [3, size, size] → [3, size / 2, size / 2]. */
export function halve(planes: Float32Array, size: number): Float32Array {
  const halved = new Float32Array(planes.length / 4);
  let to = 0;
  for (let row = 0; row < 3 * size; row += 2) {
    for (let at = row * size; at < (row + 1) * size; at += 2) {
      halved[to++] = (planes[at]! + planes[at + 1]! + planes[at + size]! + planes[at + size + 1]!) / 4;
    }
  }
  return halved;
}
