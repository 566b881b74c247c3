/** The three panes at one t as bitmaps: made when they arrive, let go of when nobody keeps them any more. */
import type { AttributeShares, ImageReading } from '../../../shared/attributes.js';
import type { TimelinePosition } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';

/** Decoded and ready to draw. */
export interface ComputedPosition {
  t: number;
  visibleTokens: number;
  noised: ImageBitmap;
  alone: ImageBitmap;
  restored: ImageBitmap;
  /** How much of each attribute `restored` shows; absent where the engine does not measure it. */
  shares?: AttributeShares | undefined;
  sharesAlone?: AttributeShares | undefined;
  /** Mean absolute difference of `restored` and `alone`, 0…1: what the tokens add here. */
  added: number;
  /** What the pack's probe reads in `restored`. */
  reading?: ImageReading | undefined;
}

export async function decodePosition(
  position: TimelinePosition,
  toBitmap: (image: RasterImage) => Promise<ImageBitmap>,
): Promise<ComputedPosition> {
  const { t, visibleTokens, shares, sharesAlone, reading } = position;
  const [noised, alone, restored] = await Promise.all([
    toBitmap(position.noised),
    toBitmap(position.alone),
    toBitmap(position.restored),
  ]);
  const added = meanDifference(position.restored, position.alone);
  return { t, visibleTokens, noised, alone, restored, shares, sharesAlone, added, reading };
}

/** Over red, green and blue of two pictures of one size. */
function meanDifference({ data }: RasterImage, other: RasterImage): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) sum += Math.abs(data[channel]! - other.data[channel]!);
  }
  return data.length === 0 ? 0 : sum / (255 * 0.75 * data.length);
}

export function releasePosition({ noised, alone, restored }: ComputedPosition): void {
  for (const bitmap of [noised, alone, restored]) bitmap.close();
}

export async function rasterToBitmap({ data, width, height }: RasterImage): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height));
}
