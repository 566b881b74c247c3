/**
 * Masks: where an edit may change a picture. The mask a person painted stays as it is; growing and feathering are settings
 * applied to it each time. Pure.
 */
import type { ImageRegion, RasterImage } from './images.js';
import { boundsWhere } from './bounds.js';
import { resample } from './resample.js';

/** Coverage of every pixel, 0 = stays as it is, 255 = comes from the edit; row by row from the top left. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Radii in pixels of the picture, whole numbers. */
export interface MaskSettings {
  /** Widens the mask by this much, narrows it when negative. */
  grow: number;
  /** The soft edge reaches this far to both sides; farther outside the coverage is exactly 0. */
  feather: number;
}

export const maskLimits = { grow: 256, feather: 256, side: 1024 } as const;

export function emptyMask(width: number, height: number): Mask {
  return { width, height, data: new Uint8Array(width * height) };
}

/** The size a mask of a picture is kept in: the picture's own up to 1024 pixels a side, in its shape above; painting stays fluent then. */
export function maskSizeFor(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, maskLimits.side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function isEmpty({ data }: Mask): boolean {
  return data.every((value) => value === 0);
}

/** The share of the whole that is covered, 0…1. */
export function covered({ data }: Mask): number {
  return data.length === 0 ? 0 : data.reduce((sum, value) => sum + value, 0) / (255 * data.length);
}

export function inverted(mask: Mask): Mask {
  return { ...mask, data: mask.data.map((value) => 255 - value) };
}

/** The larger coverage of the two, as painting adds; both must have one size. */
export function added(mask: Mask, other: Mask): Mask {
  return { ...mask, data: mask.data.map((value, at) => Math.max(value, other.data[at]!)) };
}

/** What is left of `mask` where `other` is taken away, as erasing does. */
export function removed(mask: Mask, other: Mask): Mask {
  return { ...mask, data: mask.data.map((value, at) => Math.min(value, 255 - other.data[at]!)) };
}

/** The mask in another size. */
export function resized(mask: Mask, width: number, height: number): Mask {
  if (mask.width === width && mask.height === height) return mask;
  return { width, height, data: resample(mask.data, 1, mask.width, mask.height, width, height) };
}

/** What decides about a picture of this size: the painted mask grown, then feathered. */
export function effectiveMask(
  mask: Mask,
  { grow, feather }: MaskSettings,
  width = mask.width,
  height = mask.height,
): Mask {
  const scale = mask.width / width;
  const shaped = feathered(grown(mask, grow * scale), Math.round(feather * scale));
  return resized(shaped, width, height);
}

/** Everything at most `radius` away from the mask belongs to it; a negative radius takes as much off its edge. */
export function grown(mask: Mask, radius: number): Mask {
  if (radius === 0) return mask;
  if (radius < 0) return inverted(grown(inverted(mask), -radius));
  const distance = squaredDistances(mask);
  const data = mask.data.map((value, at) => {
    const reach = Math.min(1, Math.max(0, radius + 1 - Math.sqrt(distance[at]!)));
    return Math.max(value, Math.round(reach * 255));
  });
  return { ...mask, data };
}

/** Three box blurs whose reaches add up to `radius`: close to a Gaussian, but ending at a known distance. */
export function feathered(mask: Mask, radius: number): Mask {
  if (radius <= 0) return mask;
  const { width, height } = mask;
  // Eight more bits between the passes, in whole numbers: nothing drifts, and 0 and 255 survive exactly.
  let values = Uint32Array.from(mask.data, (value) => value << 8);
  for (let pass = 0; pass < 3; pass++) {
    const reach = Math.floor((radius + pass) / 3);
    values = boxBlur(values, height, width, width, 1, reach);
    values = boxBlur(values, width, height, 1, width, reach);
  }
  return { width, height, data: Uint8Array.from(values, (value) => Math.round(value / 256)) };
}

/** Mean over `reach` places to both sides along each of `lines` lines; beyond an end its last value goes on. */
function boxBlur(
  values: Uint32Array,
  lines: number,
  length: number,
  lineStride: number,
  placeStride: number,
  reach: number,
): Uint32Array<ArrayBuffer> {
  const result = new Uint32Array(values.length);
  const window = 2 * reach + 1;
  for (let line = 0; line < lines; line++) {
    const at = (place: number) => values[line * lineStride + Math.min(length - 1, Math.max(0, place)) * placeStride]!;
    let sum = 0;
    for (let place = -reach; place <= reach; place++) sum += at(place);
    for (let place = 0; place < length; place++) {
      result[line * lineStride + place * placeStride] = Math.round(sum / window);
      sum += at(place + reach + 1) - at(place - reach);
    }
  }
  return result;
}

/** From every pixel to the nearest one that is at least half covered, squared; Infinity when there is none. */
function squaredDistances({ width, height, data }: Mask): Float64Array {
  const distance = Float64Array.from(data, (value) => (value >= 128 ? 0 : Infinity));
  const line = new Float64Array(Math.max(width, height));
  for (let x = 0; x < width; x++) lowerEnvelope(distance, x, width, height, line);
  for (let y = 0; y < height; y++) lowerEnvelope(distance, y * width, 1, width, line);
  return distance;
}

/** One axis of the exact Euclidean distance transform (Felzenszwalb and Huttenlocher, 2012). */
function lowerEnvelope(values: Float64Array, offset: number, stride: number, length: number, line: Float64Array): void {
  const vertices: number[] = [];
  const bounds: number[] = [];
  for (let place = 0; place < length; place++) {
    const value = (line[place] = values[offset + place * stride]!);
    if (value === Infinity) continue;
    let meeting = -Infinity;
    while (vertices.length > 0) {
      const last = vertices.at(-1)!;
      meeting = (value + place * place - (line[last]! + last * last)) / (2 * (place - last));
      if (meeting > bounds.at(-1)!) break;
      vertices.pop();
      bounds.pop();
      meeting = -Infinity;
    }
    vertices.push(place);
    bounds.push(meeting);
  }
  if (vertices.length === 0) return;
  for (let place = 0, vertex = 0; place < length; place++) {
    while (vertex + 1 < vertices.length && bounds[vertex + 1]! <= place) vertex++;
    const from = vertices[vertex]!;
    values[offset + place * stride] = (place - from) ** 2 + line[from]!;
  }
}

/**
 * `edit` where the mask covers, `base` where it does not, mixed by coverage between. A pixel of coverage 0 is `base`'s bit
 * for bit. All three have one size.
 */
export function composite(base: RasterImage, edit: RasterImage, mask: Mask): RasterImage {
  const data = base.data.slice();
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    const coverage = mask.data[pixel]!;
    if (coverage === 0) continue;
    const at = 4 * pixel;
    const over = coverage / 255;
    const alphaBelow = (base.data[at + 3]! / 255) * (1 - over);
    const alphaAbove = (edit.data[at + 3]! / 255) * over;
    const alpha = alphaBelow + alphaAbove;
    for (let channel = 0; channel < 3 && alpha > 0; channel++) {
      const mixed = base.data[at + channel]! * alphaBelow + edit.data[at + channel]! * alphaAbove;
      data[at + channel] = Math.round(mixed / alpha);
    }
    data[at + 3] = Math.round(alpha * 255);
  }
  return { width: base.width, height: base.height, data };
}

/** The smallest rectangle around everything covered, in pixels; null for an empty mask. */
export function maskBounds({ width, height, data }: Mask): ImageRegion | null {
  return boundsWhere(width, height, (at) => data[at] !== 0);
}

/** A picture read as a mask: how light a pixel is, times how opaque. */
export function maskFromImage({ width, height, data }: RasterImage): Mask {
  const coverage = new Uint8Array(width * height);
  for (let pixel = 0; pixel < coverage.length; pixel++) {
    const at = 4 * pixel;
    const light = 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
    coverage[pixel] = Math.round((light * data[at + 3]!) / 255);
  }
  return { width, height, data: coverage };
}

/** The mask as a grey, opaque picture: white is covered. `maskFromImage` reads it back unchanged. */
export function imageFromMask({ width, height, data }: Mask): RasterImage {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  data.forEach((value, pixel) => rgba.fill(value, 4 * pixel, 4 * pixel + 3));
  return { width, height, data: rgba };
}
