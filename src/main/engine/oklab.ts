/** Pictures in OKLab, a colour space in which Euclidean distance is close to perceived difference (B. Ottosson, 2020). */
import type { RasterImage } from '../../shared/images.js';

/** Everything is measured on a square of this side, whatever the picture's size. */
export const oklabSide = 128;
const side = oklabSide;

const linearOfByte = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** L, a, b planes [3, 128, 128] of OKLab (B. Ottosson, 2020); other sizes are averaged or repeated to that square. */
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
      const long = Math.cbrt(scale * (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue));
      const medium = Math.cbrt(scale * (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue));
      const short = Math.cbrt(scale * (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue));
      const at = row * side + column;
      planes[at] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
      planes[16_384 + at] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
      planes[32_768 + at] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
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
