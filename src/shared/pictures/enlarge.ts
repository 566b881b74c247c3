/** Pictures twice or four times as large, for export and the board. Pure. */
import type { RasterImage } from './images.js';

export const enlargements = [1, 2, 4] as const;
/** Of each side; 1 leaves the picture as it is. */
export type Enlargement = (typeof enlargements)[number];

export function isEnlargement(value: unknown): value is Enlargement {
  return enlargements.some((one) => one === value);
}

/** How a picture was made larger after it was drawn, as files say it. */
export interface Enlarged {
  factor: Exclude<Enlargement, 1>;
  filter: typeof enlargingFilter;
}

/** Lanczos with three lobes, held between the two nearest pixels: edges stay sharp and flat colours get no halo. */
export const enlargingFilter = 'lanczos3-held';
const lobes = 3;

/** Each side × `factor`; colours are weighted by their opacity. */
export function enlarge({ width, height, data }: RasterImage, factor: Enlarged['factor']): RasterImage {
  const weights = phases(factor);
  const wide = along(
    premultiplied(data),
    { lines: height, length: width, lineStride: width * 4, placeStride: 4 },
    weights,
  );
  // The first pass leaves rows in order, so a column is a line of the second; it is written back in rows.
  const newWidth = width * factor;
  const tall = along(wide, { lines: newWidth, length: height, lineStride: 4, placeStride: newWidth * 4 }, weights);
  const newHeight = height * factor;
  const result = new Uint8Array(newWidth * newHeight * 4);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const from = (x * newHeight + y) * 4;
      const to = (y * newWidth + x) * 4;
      const opacity = tall[from + 3]!;
      for (let c = 0; c < 3; c++) result[to + c] = opacity === 0 ? 0 : Math.round((tall[from + c]! * 255) / opacity);
      result[to + 3] = Math.round(opacity);
    }
  }
  return { width: newWidth, height: newHeight, data: result };
}

function premultiplied(data: Uint8Array): Float32Array {
  const result = Float32Array.from(data);
  for (let at = 0; at < result.length; at += 4) {
    const opacity = data[at + 3]! / 255;
    for (let c = 0; c < 3; c++) result[at + c]! *= opacity;
  }
  return result;
}

/** For each of `factor` places within a pixel: the first source place, counted from that pixel, and the weights, which sum to 1. */
function phases(factor: number): { first: number; weights: number[] }[] {
  return Array.from({ length: factor }, (_, phase) => {
    const centre = (phase + 0.5) / factor - 0.5;
    const first = Math.floor(centre) - lobes + 1;
    const raw = Array.from({ length: 2 * lobes }, (_unused, tap) => lanczos(first + tap - centre));
    const sum = raw.reduce((total, one) => total + one, 0);
    return { first, weights: raw.map((one) => one / sum) };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= lobes) return 0;
  const turn = Math.PI * x;
  return (lobes * Math.sin(turn) * Math.sin(turn / lobes)) / (turn * turn);
}

interface Lines {
  lines: number;
  length: number;
  lineStride: number;
  placeStride: number;
}

/** `lines` lines of `length` pixels to `length` × factor; the result is [lines · new length · 4]. */
function along(
  data: Float32Array,
  { lines, length, lineStride, placeStride }: Lines,
  weights: ReturnType<typeof phases>,
): Float32Array {
  const factor = weights.length;
  const result = new Float32Array(lines * length * factor * 4);
  const clamped = (place: number): number => Math.min(length - 1, Math.max(0, place));
  for (let line = 0; line < lines; line++) {
    for (let place = 0; place < length * factor; place++) {
      const pixel = Math.floor(place / factor);
      const { first, weights: taps } = weights[place % factor]!;
      const near = [clamped(pixel + first + lobes - 1), clamped(pixel + first + lobes)] as const;
      for (let c = 0; c < 4; c++) {
        const at = (source: number): number => data[line * lineStride + source * placeStride + c]!;
        let sum = 0;
        for (let tap = 0; tap < taps.length; tap++) sum += taps[tap]! * at(clamped(pixel + first + tap));
        const [one, other] = [at(near[0]), at(near[1])];
        const held = Math.min(Math.max(one, other), Math.max(Math.min(one, other), sum));
        result[(line * length * factor + place) * 4 + c] = held;
      }
    }
  }
  return result;
}
