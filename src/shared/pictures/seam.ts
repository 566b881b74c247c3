/**
 * Puts what was drawn into the colours of what it becomes part of, so that no seam shows where they meet: a decoder never restores a
 * ground to the last level. Around the mask both show the same, so their difference there is the decoder's; it is carried on smoothly
 * beneath the mask (seamless cloning: Pérez et al., Poisson Image Editing, SIGGRAPH 2003) by halving and doubling the picture
 * (pull-push: Gortler et al., The Lumigraph, SIGGRAPH 1996, section 3.4) and added. Pure.
 */
import type { RasterImage } from './images.js';
import type { Mask } from './mask.js';
import { pixelDifference } from './pixel-difference.js';

export const seamSettings = {
  /** Of 255: a pixel that differs by as much counts half. */
  doubt: 8,
  /** Of 255, most that any channel is changed by; what differs by more was drawn anew on purpose, or lies at an edge, and says nothing. */
  most: 24,
  /** How many pixels' worth the coarser level counts beside what is known at the finer one. */
  prior: 0.5,
} as const;

/** `drawn` with its colours brought to those of `base`, alpha as it is. All have one size; `mask` is 255 where `drawn` will stand. */
export function matchedTo(base: RasterImage, drawn: RasterImage, mask: Mask): RasterImage {
  const levels = [differences(base, drawn, mask)];
  while (Math.max(levels.at(-1)!.width, levels.at(-1)!.height) > 1) levels.push(halved(levels.at(-1)!));
  let field: Level | null = null;
  for (const level of levels.toReversed()) field = filled(level, field);
  const { most } = seamSettings;
  const data = drawn.data.slice();
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const change = Math.min(most, Math.max(-most, field!.sums[pixel * 3 + channel]!));
      data[pixel * 4 + channel] = Math.min(255, Math.max(0, Math.round(data[pixel * 4 + channel]! + change)));
    }
  }
  return { ...drawn, data };
}

/** Differences of three channels, each times its pixel's weight. */
interface Level {
  width: number;
  height: number;
  sums: Float32Array;
  weights: Float32Array;
}

function differences(base: RasterImage, drawn: RasterImage, { width, height, data }: Mask): Level {
  const sums = new Float32Array(width * height * 3);
  const weights = new Float32Array(width * height);
  const { levels } = pixelDifference(base, drawn);
  for (const [pixel, largest] of levels.entries()) {
    if (data[pixel] !== 0 || largest > seamSettings.most) continue;
    const weight = 1 / (1 + (largest / seamSettings.doubt) ** 2);
    weights[pixel] = weight;
    for (let channel = 0; channel < 3; channel++)
      sums[pixel * 3 + channel] = weight * (base.data[pixel * 4 + channel]! - drawn.data[pixel * 4 + channel]!);
  }
  return { width, height, sums, weights };
}

/** Four pixels' sums and weights become one's. */
function halved({ width, height, sums, weights }: Level): Level {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const size = half.width * half.height;
  const result = { ...half, sums: new Float32Array(size * 3), weights: new Float32Array(size) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * width + x;
      const to = (y >> 1) * half.width + (x >> 1);
      result.weights[to]! += weights[from]!;
      for (let channel = 0; channel < 3; channel++) result.sums[to * 3 + channel]! += sums[from * 3 + channel]!;
    }
  }
  return result;
}

/** The difference everywhere: the level's own mean where it knows much, the coarser level's, interpolated, where it knows little. */
function filled({ width, height, sums, weights }: Level, coarser: Level | null): Level {
  const { prior } = seamSettings;
  const result = new Float32Array(sums.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      for (let channel = 0; channel < 3; channel++) {
        const behind = coarser === null ? 0 : between(coarser, (x - 0.5) / 2, (y - 0.5) / 2, channel);
        result[pixel * 3 + channel] = (sums[pixel * 3 + channel]! + prior * behind) / (weights[pixel]! + prior);
      }
    }
  }
  return { width, height, sums: result, weights };
}

/** Bilinear; beyond the border the border's value. */
function between({ width, height, sums }: Level, x: number, y: number, channel: number): number {
  const left = Math.min(width - 1, Math.max(0, x));
  const top = Math.min(height - 1, Math.max(0, y));
  const [x0, y0] = [Math.floor(left), Math.floor(top)];
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
  const [right, down] = [left - x0, top - y0];
  const at = (column: number, row: number): number => sums[(row * width + column) * 3 + channel]!;
  return (
    (at(x0, y0) * (1 - right) + at(x1, y0) * right) * (1 - down) +
    (at(x0, y1) * (1 - right) + at(x1, y1) * right) * down
  );
}
