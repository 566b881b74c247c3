/** Makes pictures smaller by averaging areas: every source pixel counts by how much of it falls into the target's. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { axisWeights } from '../../../shared/pictures/axis-weights.js';

/** The size of the same shape whose longest side is at most `side`; never larger than the picture. */
export function fittedSize(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Colours are weighted by their opacity, so that what is transparent does not bleed. */
export function shrink(image: RasterImage, side: number): RasterImage {
  const { width, height } = fittedSize(image.width, image.height, side);
  if (width === image.width && height === image.height) return image;
  const columns = axisWeights(image.width, 0, image.width, width);
  const rows = axisWeights(image.height, 0, image.height, height);
  const narrow = new Float32Array(width * image.height * 4);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      for (let index = 0; index < columns.counts[x]!; index++) {
        const share = columns.weights[x * columns.stride + index]!;
        const from = (y * image.width + columns.starts[x]! + index) * 4;
        const opacity = image.data[from + 3]! * share;
        for (let channel = 0; channel < 3; channel++) narrow[to + channel]! += image.data[from + channel]! * opacity;
        narrow[to + 3]! += opacity;
      }
    }
  }
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0, 0];
      for (let index = 0; index < rows.counts[y]!; index++) {
        const share = rows.weights[y * rows.stride + index]!;
        const from = ((rows.starts[y]! + index) * width + x) * 4;
        for (let channel = 0; channel < 4; channel++) sum[channel]! += narrow[from + channel]! * share;
      }
      const to = (y * width + x) * 4;
      const opacity = sum[3]!;
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = opacity === 0 ? 0 : Math.round(sum[channel]! / opacity);
      }
      data[to + 3] = Math.round(opacity);
    }
  }
  return { width, height, data };
}
