/** The three panes at one t as bitmaps: made when they arrive, let go of when nobody keeps them any more. */
import type { AttributeShares, ImageReading } from '../../../shared/tokens/attributes.js';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { pixelDifference } from '../../../shared/pictures/pixel-difference.js';

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
  const added = pixelDifference(position.restored, position.alone).mean / 255;
  return { t, visibleTokens, noised, alone, restored, shares, sharesAlone, added, reading };
}

export function releasePosition({ noised, alone, restored }: ComputedPosition): void {
  for (const bitmap of [noised, alone, restored]) bitmap.close();
}
