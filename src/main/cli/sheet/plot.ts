/** A chart as pixels: lines with soft edges, words in the dot-matrix font at twice its size. */
import { shareOf, type Chart } from '../../../shared/charts/chart.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { blankImage } from './canvas.js';
import { faintInk, ink, type Colour } from './colours.js';
import { characterWidth, drawText, fitText } from './text.js';

const size = { width: 1280, height: 700 };
const plot = { left: 96, top: 96, right: 960, bottom: 600 };
const textScale = 2;
const grid: Colour = [52, 54, 61];
const dash = { on: 12, off: 9 };

export function plotChart({ title, x, y, lines }: Chart): RasterImage {
  const image = blankImage(size.width, size.height);
  const across = (value: number): number => plot.left + shareOf(x, value) * (plot.right - plot.left);
  const up = (value: number): number =>
    plot.bottom - Math.min(1, Math.max(0, shareOf(y, value))) * (plot.bottom - plot.top);
  const write = (words: string, left: number, top: number, colour: Colour): void =>
    drawText(image, words, Math.round(left), Math.round(top), colour, textScale);
  const widthOf = (words: string): number => words.length * characterWidth * textScale;

  write(fitText(title, (size.width - 2 * plot.left) / textScale), plot.left, 22, ink);
  for (const { at, text } of y.ticks) {
    drawLine(image, plot.left, up(at), plot.right, up(at), grid, 0.5);
    write(text, plot.left - 12 - widthOf(text), up(at) - 7, faintInk);
  }
  for (const { at, text } of x.ticks) {
    drawLine(image, across(at), plot.bottom, across(at), plot.bottom + 6, faintInk, 0.5);
    write(text, across(at) - widthOf(text) / 2, plot.bottom + 16, faintInk);
  }
  write(x.label, (plot.left + plot.right - widthOf(x.label)) / 2, plot.bottom + 52, faintInk);
  write(y.label, plot.left, plot.top - 26, faintInk);
  lines.forEach(({ label, colour, dashed = false, points }, index) => {
    const line = colourOf(colour);
    let travelled = 0;
    for (let place = 1; place < points.length; place++) {
      const [from, to] = [points[place - 1]!, points[place]!].map(
        ([value, level]) => [across(value), up(level)] as const,
      );
      travelled = drawStretch(image, from!, to!, line, dashed, travelled);
    }
    const legend = plot.top + 12 + index * 30;
    drawStretch(image, [plot.right + 28, legend], [plot.right + 68, legend], line, dashed, 0);
    write(fitText(label, (size.width - plot.right - 92) / textScale), plot.right + 80, legend - 7, ink);
  });
  return image;
}

/** One straight piece, with gaps if dashed; returns the length drawn so far, so that dashes go on around corners. */
function drawStretch(
  image: RasterImage,
  [left, top]: readonly [number, number],
  [right, bottom]: readonly [number, number],
  colour: Colour,
  dashed: boolean,
  travelled: number,
): number {
  const length = Math.hypot(right - left, bottom - top);
  if (!dashed) drawLine(image, left, top, right, bottom, colour, 1.5);
  else {
    const period = dash.on + dash.off;
    for (let at = 0; at < length;) {
      const phase = (travelled + at) % period;
      const visible = phase < dash.on;
      const until = Math.min(length, at + (visible ? dash.on - phase : period - phase));
      const place = (distance: number): [number, number] => [
        left + ((right - left) * distance) / length,
        top + ((bottom - top) * distance) / length,
      ];
      if (visible) drawLine(image, ...place(at), ...place(until), colour, 1.5);
      at = until;
    }
  }
  return travelled + length;
}

/** Each pixel gets the share of it that lies within `half` of the line. */
function drawLine(
  image: RasterImage,
  left: number,
  top: number,
  right: number,
  bottom: number,
  colour: Colour,
  half: number,
): void {
  const reach = half + 1;
  const [across, down] = [right - left, bottom - top];
  const squared = across * across + down * down;
  const [firstRow, lastRow] = [Math.floor(Math.min(top, bottom) - reach), Math.ceil(Math.max(top, bottom) + reach)];
  const [firstColumn, lastColumn] = [
    Math.floor(Math.min(left, right) - reach),
    Math.ceil(Math.max(left, right) + reach),
  ];
  for (let row = Math.max(0, firstRow); row <= Math.min(image.height - 1, lastRow); row++) {
    for (let column = Math.max(0, firstColumn); column <= Math.min(image.width - 1, lastColumn); column++) {
      const along = squared === 0 ? 0 : ((column - left) * across + (row - top) * down) / squared;
      const share = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(column - left - share * across, row - top - share * down);
      const coverage = Math.min(1, Math.max(0, half + 0.5 - distance));
      if (coverage === 0) continue;
      const at = 4 * (row * image.width + column);
      for (let channel = 0; channel < 3; channel++) {
        image.data[at + channel] =
          image.data[at + channel]! + coverage * (colour[channel]! - image.data[at + channel]!);
      }
    }
  }
}

function colourOf(hexadecimal: string): Colour {
  const value = Number.parseInt(hexadecimal.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
