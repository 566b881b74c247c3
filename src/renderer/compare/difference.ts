/** Two pictures beside each other: where they differ, to look at, and how much. Pure. */
import type { RasterImage } from '../../shared/pictures/images.js';
import { pixelDifference } from '../../shared/pictures/pixel-difference.js';
import { peakSignalToNoise } from '../../shared/pictures/psnr.js';
import { resample } from '../../shared/pictures/resample.js';

export interface Difference {
  /** Where they differ, brightened by `gain`; opaque. */
  image: RasterImage;
  /** Mean and largest absolute difference over red, green and blue, of 255. */
  mean: number;
  largest: number;
  /** Share of pixels that differ at all, 0…1. */
  changed: number;
  /** Share of pixels in which that can be seen, as the self-check of edits counts it, 0…1. */
  visible: number;
  /** Peak signal-to-noise ratio, decibels; Infinity for equal pictures. */
  psnr: number;
}

/** The second picture is brought to the size of the first. */
export function differenceOf(one: RasterImage, second: RasterImage, gain: number): Difference {
  const { width, height } = one;
  const other = { width, height, data: resample(second.data, 4, second.width, second.height, width, height) };
  const data = Uint8Array.from(other.data, (value, at) =>
    at % 4 === 3 ? 255 : Math.min(255, Math.abs(one.data[at]! - value) * gain),
  );
  const { mean, largest, changed, visible } = pixelDifference(one, other);
  return { image: { width, height, data }, mean, largest, changed, visible, psnr: peakSignalToNoise(one, other) };
}
