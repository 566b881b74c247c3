/** Bytes on one pixel grid to bytes on another: area averaging where it shrinks, bilinear where it grows. Pure. */
import { axisWeights } from './axis-weights.js';

/**
 * `data` is [height · width · channels], rows from the top left. An axis that keeps its length is copied exactly, and a flat
 * picture stays flat.
 */
export function resample(
  data: Uint8Array,
  channels: number,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Uint8Array {
  if (width === newWidth && height === newHeight) return data.slice();
  const wide = along(data, height, width, newWidth, width * channels, channels, channels);
  const tall = along(wide, newWidth, height, newHeight, channels, newWidth * channels, channels);
  // The second pass leaves columns as rows; it is read back in the usual order.
  const rows = new Uint8Array(newWidth * newHeight * channels);
  for (let x = 0; x < newWidth; x++) {
    for (let y = 0; y < newHeight; y++) {
      for (let c = 0; c < channels; c++) {
        rows[(y * newWidth + x) * channels + c] = Math.round(tall[(x * newHeight + y) * channels + c]!);
      }
    }
  }
  return rows;
}

/** Resamples `lines` lines of `length` places to `newLength`; the result is [lines · newLength · channels]. */
function along(
  data: ArrayLike<number>,
  lines: number,
  length: number,
  newLength: number,
  lineStride: number,
  placeStride: number,
  channels: number,
): Float32Array {
  const result = new Float32Array(lines * newLength * channels);
  const { starts, counts, weights, stride } = axisWeights(length, 0, length, newLength);
  for (let place = 0; place < newLength; place++) {
    const [first, count, at] = [starts[place]!, counts[place]!, place * stride];
    for (let line = 0; line < lines; line++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let index = 0; index < count; index++) {
          sum += weights[at + index]! * data[line * lineStride + (first + index) * placeStride + c]!;
        }
        result[(line * newLength + place) * channels + c] = sum;
      }
    }
  }
  return result;
}
