/** The restoration as an animation for a slide: one frame of it on a canvas, 1200 × 675, and which positions become frames. */
import { attributeNames } from '../../../shared/tokens/attributes.js';
import { fitText } from '../../../shared/text/fit-text.js';
import type { ComputedPosition } from '../../state/timeline/timeline-pictures.js';
import type { PaneName } from '../panes/draw-bitmaps.js';
import { tokenColourAt } from '../track/token-colours.js';
import type { SlideColours } from './slide.js';
import { formatShare, formatTime, tokenCount } from '../timeline-words.js';

export interface FilmLabels {
  title: string;
  /** Pack, seed and what else makes it reproducible. */
  subtitle: string;
  /** K. */
  count: number;
}

export const filmSize = { width: 1200, height: 675 };
/** Milliseconds a frame is shown. */
export const filmTiming = { step: 110, first: 900, last: 1800 };
/** More frames make a larger file, not a clearer one. */
const mostFrames = 64;

const margin = 56;
const gap = 34;
const pane = { top: 156, side: (filmSize.width - 2 * margin - 2 * gap) / 3 };
const lanes = { top: 538, left: 470, step: 23 };

const panes: { name: PaneName; title: string; legend: string }[] = [
  { name: 'noised', title: 'With noise', legend: 'what the decoder gets' },
  { name: 'alone', title: 'Without tokens', legend: 'its guess without tokens' },
  { name: 'restored', title: 'With tokens', legend: 'its guess with the visible tokens' },
];

/** From noise to clean, evenly thinned, both ends included. `positions` ascend in t. */
export function filmPositionsOf<Position>(positions: readonly Position[]): Position[] {
  const falling = positions.toReversed();
  if (falling.length <= mostFrames) return falling;
  return Array.from(
    { length: mostFrames },
    (_, slot) => falling[Math.round((slot * (falling.length - 1)) / (mostFrames - 1))]!,
  );
}

/** How long frame `at` of `count` is shown: the ends are looked at, the rest flows. */
export function filmDelay(at: number, count: number): number {
  if (at === count - 1) return filmTiming.last;
  return at === 0 ? filmTiming.first : filmTiming.step;
}

export function drawFilmFrame(
  context: CanvasRenderingContext2D,
  position: ComputedPosition,
  { title, subtitle, count }: FilmLabels,
  colours: SlideColours,
  font: string,
): void {
  const write = (text: string, x: number, y: number, pixels: number, colour: string, weight = 400, width?: number) => {
    context.font = `${weight} ${pixels}px ${font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, width);
  };
  const { t, visibleTokens, shares } = position;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, filmSize.width, filmSize.height);
  context.textAlign = 'left';
  context.font = `650 30px ${font}`;
  const heading = fitText(title, filmSize.width - 2 * margin, (part) => context.measureText(part).width);
  write(heading, margin, 74, 30, colours.text, 650);
  write(subtitle, margin, 102, 15, colours.muted, 400, filmSize.width - 2 * margin);

  panes.forEach(({ name, title: above, legend }, at) => {
    const left = margin + at * (pane.side + gap);
    write(above, left, pane.top - 14, 19, colours.text, 600);
    context.textAlign = 'right';
    write(legend, left + pane.side, pane.top - 14, 14, colours.muted);
    context.textAlign = 'left';
    context.imageSmoothingEnabled = name !== 'noised';
    context.imageSmoothingQuality = 'high';
    drawInside(context, position[name], left);
  });

  write(`t = ${formatTime(t)}`, margin, lanes.top + 34, 40, colours.text, 650);
  write(`${visibleTokens} of ${tokenCount(count)} visible`, margin, lanes.top + 66, 19, colours.muted);
  context.fillStyle = colours.line;
  context.fillRect(margin, lanes.top + 84, pane.side, 6);
  context.fillStyle = tokenColourAt(Math.max(0, visibleTokens - 1), count, 1);
  context.fillRect(margin, lanes.top + 84, count === 0 ? 0 : (pane.side * visibleTokens) / count, 6);
  if (shares === undefined) return;
  const bar = { left: lanes.left + 116, width: filmSize.width - margin - lanes.left - 116 - 64 };
  attributeNames.forEach((name, at) => {
    const top = lanes.top + at * lanes.step;
    write(name[0]!.toUpperCase() + name.slice(1), lanes.left, top + 10, 15, colours.text, 500);
    context.fillStyle = colours.line;
    context.fillRect(bar.left, top, bar.width, 10);
    context.fillStyle = tokenColourAt(attributeNames.length - 1 - at, attributeNames.length, 1);
    context.fillRect(bar.left, top, bar.width * Math.min(1, Math.max(0, shares[name])), 10);
    context.textAlign = 'right';
    write(formatShare(shares[name]), filmSize.width - margin, top + 10, 15, colours.text, 500);
    context.textAlign = 'left';
  });
}

/** Whole, in the middle of a square. */
function drawInside(context: CanvasRenderingContext2D, bitmap: ImageBitmap, left: number): void {
  const scale = pane.side / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  context.drawImage(bitmap, left + (pane.side - width) / 2, pane.top + (pane.side - height) / 2, width, height);
}
