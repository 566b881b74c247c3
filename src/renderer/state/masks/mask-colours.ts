/** A colour for the mask that no picture swallows: the one whose tint is seen best on what the picture has. Pure. */
import { oklabDistance, oklabOfBytes } from '../../../shared/pictures/oklab.js';
import type { MaskColour } from './masks.svelte.js';

type Named = Exclude<MaskColour, 'auto'>;
type Rgb = readonly [red: number, green: number, blue: number];

/** How much of its colour a full mask puts over a pixel, of 255: the picture stays readable under it. */
export const strongestTint = 125;

export const maskColourValues: Record<Named, Rgb> = {
  red: [255, 45, 60],
  green: [40, 225, 90],
  blue: [40, 110, 255],
  magenta: [255, 50, 220],
  yellow: [255, 220, 0],
  cyan: [0, 215, 240],
};

/** Pixels looked at; more would not change the answer. */
const samples = 1024;

/** A smaller change is as good as none; without a floor single pixels of the same colour would decide alone. */
const leastChange = 0.02;

/** RGBA bytes of a picture → the named colour whose tint changes what is seen there the most, by the geometric mean. */
export function contrastingColour(data: ArrayLike<number>): Named {
  const pixels = Math.floor(data.length / 4);
  const stride = Math.max(1, Math.floor(pixels / samples));
  let best: Named = 'magenta';
  let strongest = -Infinity;
  for (const [name, colour] of Object.entries(maskColourValues) as [Named, Rgb][]) {
    let change = 0;
    for (let pixel = 0; pixel < pixels; pixel += stride) {
      const under: Rgb = [data[4 * pixel]!, data[4 * pixel + 1]!, data[4 * pixel + 2]!];
      const distance = oklabDistance(oklabOfBytes(...under), oklabOfBytes(...tinted(under, colour)));
      change += Math.log(Math.max(leastChange, distance));
    }
    if (change > strongest) {
      strongest = change;
      best = name;
    }
  }
  return best;
}

/** A pixel under a full mask. */
function tinted(under: Rgb, colour: Rgb): Rgb {
  const mix = (channel: 0 | 1 | 2): number =>
    under[channel] + (colour[channel] - under[channel]) * (strongestTint / 255);
  return [mix(0), mix(1), mix(2)];
}
