/** The radially averaged power spectrum of a picture: how much there is of each fineness, whatever its direction. */
import type { RasterImage } from '../../../shared/pictures/images.js';

/**
 * Index = cycles per shorter side, 0…half of it in pixels. Grey values 0…1 less their mean, under a Hann window of mean square 1
 * that hides the jump from one border to the opposite one; the power is the mean of |F|² over a ring, divided by the square of
 * the number of pixels.
 */
export function radialPower({ width, height, data }: RasterImage): number[] {
  const real = new Float64Array(width * height);
  for (let pixel = 0; pixel < real.length; pixel++) {
    const at = 4 * pixel;
    real[pixel] = (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!) / 255;
  }
  const mean = real.reduce((sum, value) => sum + value, 0) / real.length;
  const [across, down] = [hann(width), hann(height)];
  for (let pixel = 0; pixel < real.length; pixel++) {
    real[pixel] = (real[pixel]! - mean) * across[pixel % width]! * down[Math.floor(pixel / width)]!;
  }
  const imaginary = new Float64Array(real.length);
  for (let row = 0; row < height; row++) transformLine(real, imaginary, row * width, 1, width);
  for (let column = 0; column < width; column++) transformLine(real, imaginary, column, width, height);

  const side = Math.min(width, height);
  const rings = Math.floor(side / 2) + 1;
  const sums = new Float64Array(rings);
  const counts = new Float64Array(rings);
  for (let v = 0; v < height; v++) {
    const vertical = Math.min(v, height - v) / height;
    for (let u = 0; u < width; u++) {
      const horizontal = Math.min(u, width - u) / width;
      const ring = Math.round(side * Math.sqrt(horizontal * horizontal + vertical * vertical));
      if (ring >= rings) continue;
      const at = v * width + u;
      sums[ring]! += real[at]! * real[at]! + imaginary[at]! * imaginary[at]!;
      counts[ring]! += 1;
    }
  }
  const pixels = width * height;
  return Array.from(sums, (sum, ring) => sum / (Math.max(1, counts[ring]!) * pixels * pixels));
}

/** The Hann window over cell centres, scaled to a mean square of 1. */
function hann(length: number): Float64Array {
  const window = Float64Array.from({ length }, (_, at) => Math.sin((Math.PI * (at + 0.5)) / length) ** 2);
  const square = window.reduce((sum, value) => sum + value * value, 0) / length;
  return window.map((value) => value / Math.sqrt(square));
}

/** The discrete Fourier transform in place of `length` values from `start` on, `stride` apart. */
function transformLine(
  real: Float64Array,
  imaginary: Float64Array,
  start: number,
  stride: number,
  length: number,
): void {
  const lineReal = Float64Array.from({ length }, (_, at) => real[start + at * stride]!);
  const lineImaginary = Float64Array.from({ length }, (_, at) => imaginary[start + at * stride]!);
  const [outReal, outImaginary] = transform(lineReal, lineImaginary);
  for (let at = 0; at < length; at++) {
    real[start + at * stride] = outReal[at]!;
    imaginary[start + at * stride] = outImaginary[at]!;
  }
}

/** Halves while the length is even (J. Cooley and J. Tukey, 1965); what is odd is summed as it is defined. */
function transform(real: Float64Array, imaginary: Float64Array): [Float64Array, Float64Array] {
  const length = real.length;
  const outReal = new Float64Array(length);
  const outImaginary = new Float64Array(length);
  if (length % 2 === 1) {
    for (let k = 0; k < length; k++) {
      for (let n = 0; n < length; n++) {
        const angle = (-2 * Math.PI * ((k * n) % length)) / length;
        const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
        outReal[k]! += real[n]! * cosine - imaginary[n]! * sine;
        outImaginary[k]! += real[n]! * sine + imaginary[n]! * cosine;
      }
    }
    return [outReal, outImaginary];
  }
  const half = length / 2;
  const pick = (values: Float64Array, parity: number): Float64Array =>
    Float64Array.from({ length: half }, (_, at) => values[2 * at + parity]!);
  const [evenReal, evenImaginary] = transform(pick(real, 0), pick(imaginary, 0));
  const [oddReal, oddImaginary] = transform(pick(real, 1), pick(imaginary, 1));
  for (let k = 0; k < half; k++) {
    const angle = (-2 * Math.PI * k) / length;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const turnedReal = oddReal[k]! * cosine - oddImaginary[k]! * sine;
    const turnedImaginary = oddReal[k]! * sine + oddImaginary[k]! * cosine;
    outReal[k] = evenReal[k]! + turnedReal;
    outImaginary[k] = evenImaginary[k]! + turnedImaginary;
    outReal[k + half] = evenReal[k]! - turnedReal;
    outImaginary[k + half] = evenImaginary[k]! - turnedImaginary;
  }
  return [outReal, outImaginary];
}
