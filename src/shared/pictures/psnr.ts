import type { RasterImage } from './images.js';

/** Peak signal-to-noise ratio, dB over RGB; Infinity for equal pictures. Pictures must have the same size. */
export function peakSignalToNoise(a: RasterImage, b: RasterImage): number {
  let squared = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    for (let channel = 0; channel < 3; channel++) squared += (a.data[at + channel]! - b.data[at + channel]!) ** 2;
  }
  const mean = squared / (a.width * a.height * 3);
  return mean === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / mean);
}

/** The same as a message carries it, which knows no Infinity: null for equal pictures. */
export function signalToNoise(a: RasterImage, b: RasterImage): number | null {
  const decibels = peakSignalToNoise(a, b);
  return Number.isFinite(decibels) ? decibels : null;
}
