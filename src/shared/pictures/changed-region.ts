/**
 * Where an edit changed a picture, found from two pictures the same decoder drew from the same noise: one of the source's tokens,
 * one of the result's. What the codec itself gets wrong is in both and cancels; what is left is the edit. Pure.
 */
import type { RasterImage } from './images.js';
import { feathered, grown, type Mask } from './mask.js';
import { pixelDifference } from './pixel-difference.js';

export const regionSettings = {
  /** Of 255, in the channel that differs most, after the blur: less is not the edit's doing. */
  threshold: 24,
  /** Shares of the strongest change, for redrawing moves every edge a little: less is not the edit's, and no place that nowhere has the second. */
  thresholdShare: 0.4,
  coreShare: 0.65,
  /** Share of the picture that is changed at least as much as "the strongest change". */
  strongest: 0.012,
  /** Pixels. */
  blur: 1,
  /** Share of the picture: smaller islands are left out. */
  leastIsland: 0.004,
  /**
   * Share of the shorter side: what lies closer together is one change, with what is between. A thing that gets dots or loses its
   * stripes changes in many small places, and is itself again only with all of them.
   */
  gap: 0.08,
  /** Shares of the shorter side: how far beyond the change the region is whole, and how softly it ends behind that. */
  grow: 0.015,
  feather: 0.02,
} as const;

/** Coverage of every pixel: 255 where the pictures differ, softly ending around it, 0 elsewhere. Both have one size. */
export function changedRegion(before: RasterImage, after: RasterImage): Mask {
  const { width, height } = before;
  const pixels = (share: number): number => Math.max(1, Math.round(share * Math.min(width, height)));
  const { levels } = pixelDifference(before, after);
  const smooth = feathered({ width, height, data: levels }, regionSettings.blur);
  const strongest = smooth.data.toSorted()[Math.floor((1 - regionSettings.strongest) * smooth.data.length)]!;
  const { threshold, thresholdShare, coreShare, leastIsland, gap } = regionSettings;
  const shore = Math.max(threshold, thresholdShare * strongest);
  const changed = { width, height, data: smooth.data.map((level) => (level >= shore ? 255 : 0)) };
  const islands = islandsOf(closed(changed, pixels(gap / 2)), {
    heights: smooth.data,
    peak: coreShare * strongest,
    least: leastIsland * width * height,
  });
  const feather = pixels(regionSettings.feather);
  return feathered(grown(islands, pixels(regionSettings.grow) + feather), feather);
}

/** Gaps narrower than twice the radius filled (morphological closing: Serra 1982). */
function closed(mask: Mask, radius: number): Mask {
  return grown(grown(mask, radius), -radius);
}

interface Island {
  /** Some pixel of it lies at least as high as the peak. */
  heights: Uint8Array;
  peak: number;
  /** Pixels. */
  least: number;
}

/** 255 on every connected part (by sides) of the mask that is such an island, 0 elsewhere (hysteresis: Canny 1986, section VIII). */
function islandsOf({ width, height, data }: Mask, { heights, peak, least }: Island): Mask {
  const kept = new Uint8Array(data.length);
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (data[start]! < 128 || seen[start] === 1) continue;
    seen[start] = 1;
    const island = [start];
    // Grows while it is walked through.
    for (const pixel of island) {
      const column = pixel % width;
      const neighbours = [
        column > 0 ? pixel - 1 : -1,
        column < width - 1 ? pixel + 1 : -1,
        pixel - width,
        pixel + width < data.length ? pixel + width : -1,
      ];
      for (const neighbour of neighbours) {
        if (neighbour < 0 || data[neighbour]! < 128 || seen[neighbour] === 1) continue;
        seen[neighbour] = 1;
        island.push(neighbour);
      }
    }
    if (island.length < least || !island.some((pixel) => heights[pixel]! >= peak)) continue;
    for (const pixel of island) kept[pixel] = 255;
  }
  return { width, height, data: kept };
}
