/** The restoration of a picture as an animation for a slide: noise to clean, three panes, what is visible and what is there. */
import { attributeNames } from '../../../shared/tokens/attributes.js';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import { GifWriter, largestPalette } from '../../../shared/pictures/gif.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { paste } from '../../../shared/pictures/cut-out.js';
import { ColourCount } from '../../../shared/pictures/colour-palette.js';
import { blankImage } from './canvas.js';
import { faintInk, ink, type Colour } from './colours.js';
import { characterWidth, drawText, fitText } from './text.js';

export interface AnimationLabels {
  title: string;
  /** Pack, seed and what else makes it reproducible. */
  subtitle: string;
  /** K. */
  count: number;
}

const margin = 24;
const gap = 16;
const paneSide = 280;
const rowHeight = 20;
const labelWidth = 150;
const track: Colour = [46, 48, 56];
/** From the coarse end of the token ramp to its fine end. */
const laneColours: Colour[] = [
  [139, 125, 255],
  [118, 146, 239],
  [97, 168, 222],
  [76, 189, 206],
  [55, 211, 189],
];

const timing = { step: 110, first: 900, last: 1800 };
/** More frames make a larger file, not a clearer one. */
const mostFrames = 64;

/** `positions` in any order of t; at least one. */
export function timelineAnimation(
  positions: readonly TimelinePosition[],
  labels: AnimationLabels,
): Uint8Array<ArrayBuffer> {
  const shown = thinned(
    positions.toSorted((a, b) => b.t - a.t),
    mostFrames,
  );
  const frames = shown.map((position) => animationFrame(position, labels));
  const colours = new ColourCount();
  for (const frame of frames) colours.add(frame);
  const writer = new GifWriter(frames[0]!.width, frames[0]!.height, colours.palette(largestPalette));
  frames.forEach((frame, at) =>
    writer.add(frame, at === 0 ? timing.first : at === frames.length - 1 ? timing.last : timing.step),
  );
  return writer.finish();
}

/** At most `most` of `all`, evenly spread, both ends included. */
export function thinned<Item>(all: readonly Item[], most: number): Item[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, slot) => all[Math.round((slot * (all.length - 1)) / (most - 1))]!);
}

export function animationFrame(
  { t, visibleTokens, noised, alone, restored, shares }: TimelinePosition,
  { title, subtitle, count }: AnimationLabels,
): RasterImage {
  const panes = [
    { name: 'With noise', detail: `x at t = ${t.toFixed(2)}`, image: noised },
    { name: 'Without tokens', detail: 'no tokens', image: alone },
    { name: 'With tokens', detail: `${visibleTokens} of ${count} tokens`, image: restored },
  ];
  const scale = Math.max(1, Math.floor(paneSide / Math.max(noised.width, noised.height)));
  const pictures = panes.map(({ image }) => enlarged(image, scale));
  const [pane] = pictures;
  const width = 2 * margin + 3 * pane!.width + 2 * gap;
  const top = margin + 16 + 12 + 10 + 24 + 20;
  const rows = 1 + (shares === undefined ? 0 : attributeNames.length);
  const frame = blankImage(width, top + pane!.height + 20 + rows * rowHeight + margin - 8);

  drawText(frame, fitText(title, (width - 2 * margin) / 2), margin, margin, ink, 2);
  drawText(frame, fitText(subtitle, width - 2 * margin), margin, margin + 26, faintInk);
  panes.forEach(({ name, detail }, at) => {
    const left = margin + at * (pane!.width + gap);
    drawText(frame, name, left, top - 18, ink);
    drawText(frame, detail, left + pane!.width - detail.length * characterWidth, top - 18, faintInk);
    paste(frame, pictures[at]!, left, top);
  });

  const firstRow = top + pane!.height + 20;
  drawBar(frame, firstRow, 'tokens in use', count === 0 ? 0 : visibleTokens / count, String(visibleTokens), ink);
  if (shares === undefined) return frame;
  attributeNames.forEach((name, at) => {
    const share = Math.min(1, Math.max(0, shares[name]));
    drawBar(frame, firstRow + (at + 1) * rowHeight, name, share, `${Math.round(100 * share)} %`, laneColours[at]!);
  });
  return frame;
}

function drawBar(target: RasterImage, top: number, label: string, share: number, value: string, colour: Colour): void {
  const width = target.width - 2 * margin - labelWidth - 48;
  drawText(target, label, margin, top + 2, faintInk);
  paste(target, blankImage(width, 10, track), margin + labelWidth, top);
  paste(target, blankImage(Math.round(width * share), 10, colour), margin + labelWidth, top);
  drawText(target, value, target.width - margin - value.length * characterWidth, top + 2, ink);
}

/** Every pixel `scale` times as wide and high: nothing is made up between them. */
function enlarged({ width, height, data }: RasterImage, scale: number): RasterImage {
  const large = blankImage(width * scale, height * scale);
  const [from, to] = [new Uint32Array(data.slice().buffer), new Uint32Array(large.data.buffer)];
  for (let y = 0; y < large.height; y++) {
    const row = Math.floor(y / scale) * width;
    for (let x = 0; x < large.width; x++) to[y * large.width + x] = from[row + Math.floor(x / scale)]!;
  }
  return large;
}
