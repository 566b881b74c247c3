/** The timeline as one picture for a slide: 1920 × 1080, three rows of pictures over the curve k(t) on the same axis. */
import type { TokenSchedule } from '../../../shared/tokens/tokens.js';
import { tokensVisibleAt } from '../../../shared/tokens/tokens.js';
import type { ComputedPosition } from '../../state/timeline/timeline-pictures.js';
import type { PaneName } from '../panes/draw-bitmaps.js';
import { curveArea, curvePath, filmPositions, filmSlots, timeToX, type FilmSlot } from '../track/track-layout.js';
import { tokenColourAt } from '../track/token-colours.js';
import type { SlideColours } from './slide.js';
import { tokenCount } from '../timeline-words.js';

export interface SheetData {
  title: string;
  /** Pack, seed and what else makes it reproducible. */
  subtitle: string;
  schedule: TokenSchedule;
  count: number;
  aspect: number;
  positions: readonly ComputedPosition[];
}

const size = { width: 1920, height: 1080 };
const margin = 72;
const axis = { left: 252, width: size.width - 252 - margin };
const columnWidth = 148;
const firstRow = 216;
const rowGap = 12;

const rows: { pane: PaneName; title: string; legend: string }[] = [
  { pane: 'noised', title: 'With noise', legend: 'what the decoder gets' },
  { pane: 'alone', title: 'Without tokens', legend: 'restored without tokens' },
  { pane: 'restored', title: 'With tokens', legend: 'with the visible tokens' },
];

export function drawSheet(canvas: HTMLCanvasElement, data: SheetData, colours: SlideColours, font: string): void {
  Object.assign(canvas, size);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const write = (text: string, x: number, y: number, pixels: number, colour: string, weight = 400) => {
    context.font = `${weight} ${pixels}px ${font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  context.fillStyle = colours.background;
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = 'high';
  write(data.title, margin, 98, 40, colours.text, 650);
  write(data.subtitle, margin, 138, 21, colours.muted);

  const slots = filmSlots(axis, columnWidth, rowGap);
  const picture = { width: slots[0]!.width, height: Math.min(slots[0]!.width / data.aspect, 172) };
  const shown = filmPositions(slots, data.positions);
  rows.forEach(({ pane, title, legend }, row) => {
    const top = firstRow + row * (picture.height + rowGap);
    write(title, margin, top + picture.height / 2 - 4, 22, colours.text, 600);
    write(legend, margin, top + picture.height / 2 + 20, 15, colours.muted);
    slots.forEach((slot, column) => {
      const position = data.positions[shown[column]!];
      if (position !== undefined) drawPicture(context, position[pane], slot, top, picture.height);
    });
  });

  context.textAlign = 'center';
  slots.forEach((slot, column) => {
    const t = data.positions[shown[column]!]?.t ?? slot.t;
    const middle = slot.left + slot.width / 2;
    write(`t ${t.toFixed(2)}`, middle, firstRow - 34, 18, colours.text, 550);
    write(tokenCount(tokensVisibleAt(data.schedule, data.count, t)), middle, firstRow - 14, 15, colours.muted);
  });

  const top = firstRow + 3 * (picture.height + rowGap) + 28;
  drawCurve(context, data, colours, top, size.height - 92 - top);
  [1, 0.75, 0.5, 0.25, 0].forEach((t) => write(String(t), timeToX(axis, t), size.height - 64, 16, colours.muted));
  context.textAlign = 'left';
  write('k(t)', margin, top + 22, 22, colours.text, 600);
  write(`of ${data.count} tokens in use`, margin, top + 46, 15, colours.muted);
  write('coarse, noise', axis.left, size.height - 36, 15, colours.muted);
  context.textAlign = 'right';
  write('fine, clean', axis.left + axis.width, size.height - 36, 15, colours.muted);
}

function drawPicture(
  context: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  { left, width }: FilmSlot,
  top: number,
  height: number,
): void {
  const scale = Math.min(width / bitmap.width, height / bitmap.height);
  const drawn = { width: bitmap.width * scale, height: bitmap.height * scale };
  context.drawImage(
    bitmap,
    left + (width - drawn.width) / 2,
    top + (height - drawn.height) / 2,
    drawn.width,
    drawn.height,
  );
}

function drawCurve(
  context: CanvasRenderingContext2D,
  { schedule, count }: SheetData,
  { line }: SlideColours,
  top: number,
  height: number,
): void {
  const ramp = context.createLinearGradient(axis.left, 0, axis.left + axis.width, 0);
  for (const stop of [0, 0.25, 0.5, 0.75, 1]) ramp.addColorStop(stop, tokenColourAt(1 - stop, 2, 1));
  context.save();
  context.translate(0, top);
  context.fillStyle = ramp;
  context.strokeStyle = ramp;
  context.lineWidth = 3;
  context.globalAlpha = 0.25;
  context.fill(new Path2D(curveArea(axis, height, schedule, count)));
  context.globalAlpha = 1;
  context.stroke(new Path2D(curvePath(axis, height, schedule, count)));
  context.fillStyle = line;
  context.fillRect(axis.left, height, axis.width, 1);
  context.restore();
}
