/** The colours of a heatmap. Lightness rises with the change, so it reads without colour too. */
import type { Heat } from '../../state/timeline/readings/timeline-heat.js';

/** Black-body like (after matplotlib's “inferno”): sRGB at even steps from no change to the largest. */
const stops = [
  [20, 11, 53],
  [87, 16, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
] as const;

/** sRGB 0…255 at `share`, 0…1. */
export function heatColour(share: number): [number, number, number] {
  const scaled = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const lower = Math.min(stops.length - 2, Math.floor(scaled));
  const [from, to] = [stops[lower]!, stops[lower + 1]!];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * (scaled - lower));
  return [mix(0), mix(1), mix(2)];
}

/** How much of the picture the map covers at `share`: a veil where nothing changes, nearly all where most does. */
export function heatCover(share: number): number {
  return 0.45 + 0.55 * Math.min(1, Math.max(0, share));
}

/** The legend: the same colours on the same scale. */
export const heatGradient = `linear-gradient(90deg, ${stops.map((_, at) => `rgb(${heatColour(at / (stops.length - 1)).join(' ')})`).join(', ')})`;

type DrawnHeat = Pick<Heat, 'width' | 'height' | 'largest'> & { values: Iterable<number> };

/** One pixel per cell; the style sheet enlarges it smoothly. `opaque`: it stands by itself, over no picture. */
export function drawHeat(
  canvas: HTMLCanvasElement,
  { width, height, values, largest }: DrawnHeat,
  opaque = false,
): void {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  let cell = 0;
  for (const value of values) {
    const share = largest > 0 ? value / largest : 0;
    const cover = opaque ? 1 : heatCover(share);
    image.data.set([...heatColour(share), Math.round(255 * cover)], 4 * cell++);
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
