/** A colour for the mask that no picture swallows: the one farthest from what the picture has. Pure. */
import type { MaskColour } from './masks.svelte.js';

type Named = Exclude<MaskColour, 'auto'>;

export const maskColourValues: Record<Named, readonly [number, number, number]> = {
  red: [255, 45, 60],
  green: [40, 225, 90],
  blue: [40, 110, 255],
  magenta: [255, 50, 220],
  yellow: [255, 220, 0],
  cyan: [0, 215, 240],
};

/** Pixels looked at; more would not change the answer. */
const samples = 1024;

/**
 * RGBA bytes of a picture → the named colour whose nearest relative in it is farthest; a hundredth of the pixels may be nearer,
 * so that a few odd ones do not decide.
 */
export function contrastingColour(data: ArrayLike<number>): Named {
  const pixels = Math.floor(data.length / 4);
  const stride = Math.max(1, Math.floor(pixels / samples));
  let best: Named = 'red';
  let farthest = -1;
  for (const [name, [red, green, blue]] of Object.entries(maskColourValues) as [Named, readonly number[]][]) {
    const distances: number[] = [];
    for (let pixel = 0; pixel < pixels; pixel += stride) {
      const at = 4 * pixel;
      distances.push(perceived(data[at]! - red!, data[at + 1]! - green!, data[at + 2]! - blue!));
    }
    const near = distances.sort((a, b) => a - b)[Math.floor(distances.length / 100)] ?? Infinity;
    if (near > farthest) {
      farthest = near;
      best = name;
    }
  }
  return best;
}

/** Differences of green are seen most, of blue least. */
function perceived(red: number, green: number, blue: number): number {
  return Math.sqrt(2 * red * red + 4 * green * green + 1.5 * blue * blue);
}
