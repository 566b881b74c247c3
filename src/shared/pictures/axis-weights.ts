/** Which places of one axis make up those of another: areas where it shrinks, two neighbours where it grows. Pure. */

/** For every output place, the source places it reads and their weights, which sum to 1. */
export interface AxisWeights {
  starts: Int32Array;
  counts: Int32Array;
  weights: Float32Array;
  /** Row length of `weights`. */
  stride: number;
}

/** `from` and `length` mark the crop on the source axis in pixels, fractions allowed. */
export function axisWeights(sourceSize: number, from: number, length: number, targetSize: number): AxisWeights {
  const ratio = length / targetSize;
  const stride = Math.ceil(Math.max(1, ratio)) + 2;
  const starts = new Int32Array(targetSize);
  const counts = new Int32Array(targetSize);
  const weights = new Float32Array(targetSize * stride);
  const clampToSource = (place: number): number => Math.min(sourceSize - 1, Math.max(0, place));
  for (let place = 0; place < targetSize; place++) {
    const begin = from + place * ratio;
    if (ratio >= 1) {
      const end = begin + ratio;
      const first = clampToSource(Math.floor(begin + 1e-6));
      const last = Math.max(first, clampToSource(Math.ceil(end - 1e-6) - 1));
      starts[place] = first;
      counts[place] = last - first + 1;
      let sum = 0;
      for (let source = first; source <= last; source++) {
        const covered = Math.max(1e-6, Math.min(end, source + 1) - Math.max(begin, source));
        weights[place * stride + source - first] = covered;
        sum += covered;
      }
      for (let index = 0; index < counts[place]!; index++) weights[place * stride + index]! /= sum;
    } else {
      const centre = begin + ratio / 2 - 0.5;
      const first = clampToSource(Math.floor(centre));
      const second = clampToSource(Math.floor(centre) + 1);
      const share = Math.min(1, Math.max(0, centre - first));
      starts[place] = first;
      counts[place] = second - first + 1;
      weights[place * stride] = second === first ? 1 : 1 - share;
      if (second !== first) weights[place * stride + 1] = share;
    }
  }
  return { starts, counts, weights, stride };
}
