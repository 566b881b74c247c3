/** Makes pictures smaller by averaging areas: every source pixel counts by how much of it falls into the target's. */
import type { RasterImage } from '../../../shared/images.js';

/** The size of the same shape whose longest side is at most `side`; never larger than the picture. */
export function fittedSize(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Colours are weighted by their opacity, so that what is transparent does not bleed. */
export function shrink(image: RasterImage, side: number): RasterImage {
  const { width, height } = fittedSize(image.width, image.height, side);
  if (width === image.width && height === image.height) return image;
  const columns = weights(image.width, width);
  const rows = weights(image.height, height);
  const narrow = new Float32Array(width * image.height * 4);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      for (const { at, share } of columns[x]!) {
        const from = (y * image.width + at) * 4;
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
      for (const { at, share } of rows[y]!) {
        const from = (at * width + x) * 4;
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

/** For each of `to` cells the source cells under it with their shares, which add up to 1. */
function weights(from: number, to: number): { at: number; share: number }[][] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const start = cell * ratio;
    const end = Math.min(from, start + ratio);
    const shares: { at: number; share: number }[] = [];
    for (let at = Math.floor(start); at < end; at++) {
      const share = (Math.min(at + 1, end) - Math.max(at, start)) / ratio;
      if (share > 1e-9) shares.push({ at: Math.min(at, from - 1), share });
    }
    return shares;
  });
}
