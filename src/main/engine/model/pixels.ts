/** Between RGBA bytes and what the graphs eat: planar floats [3, height, width] in the pack's pixel range. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { StudioError } from '../../../shared/errors.js';
import { axisWeights, type AxisWeights } from '../../../shared/pictures/axis-weights.js';

/**
 * The image, transparent parts over white, cropped around its centre to the target's shape and resized: area averaging
 * where it shrinks, bilinear where it grows, untouched where the size already fits.
 * Writes [3, height, width] into `target` at `offset`. Throws `image-unreadable` when bytes and size disagree.
 */
export function writePlanar(
  image: RasterImage,
  width: number,
  height: number,
  range: readonly [number, number],
  target: Float32Array,
  offset = 0,
): void {
  checkRaster(image);
  const cropWidth = Math.min(image.width, (image.height * width) / height);
  const cropHeight = Math.min(image.height, (image.width * height) / width);
  const columns = axisWeights(image.width, (image.width - cropWidth) / 2, cropWidth, width);
  const rows = axisWeights(image.height, (image.height - cropHeight) / 2, cropHeight, height);
  const [low, high] = range;
  const scale = (high - low) / 255;
  // One source row at a time is narrowed to the target's width, then added to the output rows that read it.
  const plane = width * height;
  target.fill(low, offset, offset + 3 * plane);
  const narrowed = new Float32Array(3 * width);
  let firstReader = 0;
  const lastSource = rows.starts[height - 1]! + rows.counts[height - 1]!;
  for (let source = rows.starts[0]!; source < lastSource; source++) {
    narrowRow(image, source, columns, width, narrowed);
    while (firstReader < height && rows.starts[firstReader]! + rows.counts[firstReader]! <= source) firstReader++;
    for (let row = firstReader; row < height && rows.starts[row]! <= source; row++) {
      const weight = rows.weights[row * rows.stride + source - rows.starts[row]!]! * scale;
      const at = offset + row * width;
      for (let channel = 0; channel < 3; channel++) {
        const to = at + channel * plane;
        const from = channel * width;
        for (let column = 0; column < width; column++) target[to + column]! += weight * narrowed[from + column]!;
      }
    }
  }
}

/** Planar floats [3, height, width] at `offset` as opaque RGBA; values outside the range are clamped, NaN becomes black. */
export function readPlanar(
  source: Float32Array,
  offset: number,
  width: number,
  height: number,
  range: readonly [number, number],
): RasterImage {
  const plane = width * height;
  const data = new Uint8Array(4 * plane);
  const [low, high] = range;
  const scale = 255 / (high - low);
  const clamped = new Uint8ClampedArray(data.buffer);
  for (let pixel = 0; pixel < plane; pixel++) {
    const from = offset + pixel;
    const to = 4 * pixel;
    clamped[to] = (source[from]! - low) * scale;
    clamped[to + 1] = (source[from + plane]! - low) * scale;
    clamped[to + 2] = (source[from + 2 * plane]! - low) * scale;
    clamped[to + 3] = 255;
  }
  return { width, height, data };
}

function checkRaster(image: RasterImage): void {
  const whole = Number.isSafeInteger(image.width) && Number.isSafeInteger(image.height);
  if (!whole || image.width < 1 || image.height < 1 || image.data.length !== image.width * image.height * 4) {
    throw new StudioError(
      'image-unreadable',
      `The image says ${image.width} × ${image.height} but carries ${image.data.length} bytes.`,
      'Open the image again, or save it anew in another program first.',
    );
  }
}

function narrowRow(image: RasterImage, row: number, columns: AxisWeights, width: number, narrowed: Float32Array): void {
  const { data } = image;
  const rowStart = row * image.width;
  for (let column = 0; column < width; column++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    const start = columns.starts[column]!;
    const count = columns.counts[column]!;
    for (let index = 0; index < count; index++) {
      const weight = columns.weights[column * columns.stride + index]!;
      const at = 4 * (rowStart + start + index);
      const alpha = data[at + 3]! / 255;
      const white = 255 * (1 - alpha);
      red += weight * (data[at]! * alpha + white);
      green += weight * (data[at + 1]! * alpha + white);
      blue += weight * (data[at + 2]! * alpha + white);
    }
    narrowed[column] = red;
    narrowed[width + column] = green;
    narrowed[2 * width + column] = blue;
  }
}

/** Bytes as they are. */
const bytesRange = [0, 255] as const;

/** The picture as an encoder of that size is given it: cropped around its centre, resized, opaque over white. */
export function seenByModel(picture: RasterImage, { width, height }: { width: number; height: number }): RasterImage {
  const planar = new Float32Array(3 * width * height);
  writePlanar(picture, width, height, bytesRange, planar);
  return readPlanar(planar, 0, width, height, bytesRange);
}
