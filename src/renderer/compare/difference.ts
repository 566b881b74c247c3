/** Two pictures pixel by pixel. Pure. */
import { visibleChange } from '../../shared/pictures/edit-check.js';
import type { RasterImage } from '../../shared/images.js';
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
  const other = resample(second.data, 4, second.width, second.height, width, height);
  const data = new Uint8Array(width * height * 4);
  let sum = 0;
  let largest = 0;
  let changed = 0;
  let visible = 0;
  for (let at = 0; at < data.length; at += 4) {
    let most = 0;
    for (let channel = 0; channel < 3; channel++) {
      const difference = Math.abs(one.data[at + channel]! - other[at + channel]!);
      sum += difference;
      most = Math.max(most, difference);
      data[at + channel] = Math.min(255, difference * gain);
    }
    data[at + 3] = 255;
    largest = Math.max(largest, most);
    if (most > 0) changed++;
    if (most >= visibleChange) visible++;
  }
  const samples = width * height * 3;
  return {
    image: { width, height, data },
    mean: sum / samples,
    largest,
    changed: changed / (width * height),
    visible: visible / (width * height),
    psnr: peakSignalToNoise(one, { width, height, data: other }),
  };
}
