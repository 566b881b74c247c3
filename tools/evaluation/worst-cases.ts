/** Which failures are shown, and the sheet that shows them: the card's and the findings' picture. */
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { paste } from '../../src/shared/pictures/cut-out.js';
import { blankImage } from '../../src/main/cli/sheet/canvas.js';
import { alarmInk, faintInk, ink, type Colour } from '../../src/main/cli/sheet/colours.js';
import { encodeIndexedPng } from '../../src/main/cli/sheet/indexed-png.js';
import { characterWidth, drawText, fitText, lineHeight, wrapText } from '../../src/main/cli/sheet/text.js';
import type { Sample } from './task.js';

/** One part of the sheet: the samples of a task. */
export interface WorstCases {
  task: string;
  samples: readonly Sample[];
}

export const worstCasesFile = 'worst-cases.png';
const maxBytes = 300_000;

/**
 * The worst of every group first, then the worst of the rest, `count` in all, worst first. Only failures, except where a task
 * has none that counts as one: a reconstruction is shown however good it is.
 */
export function worstOf(samples: readonly Sample[], count: number, successesToo = false): Sample[] {
  const inOrder = samples
    .filter(({ failures }) => successesToo || failures.length > 0)
    .toSorted((a, b) => b.badness - a.badness);
  const firsts = inOrder.filter((one, index) => inOrder.findIndex(({ group }) => group === one.group) === index);
  const others = inOrder.filter((one) => !firsts.includes(one));
  return [...firsts, ...others].slice(0, count).toSorted((a, b) => b.badness - a.badness);
}

/** Pictures of a task on the sheet, in rows of three; nine where nothing is said. */
const shownOf: Record<string, number> = { reconstruction: 6, captions: 3, questions: 6 };
const columns = 3;
const picture = 128;
const inner = 8;
const cellWidth = 2 * picture + inner;
const margin = 20;
const gap = 20;
const width = 2 * margin + columns * cellWidth + (columns - 1) * gap;

/** Rules, headings and pictures at half of their final size. */
export function worstCasesSheet(title: string, parts: readonly WorstCases[]): RasterImage {
  const rows = parts.flatMap(({ task, samples }) => {
    const pictured = worstOf(samples, shownOf[task] ?? 9, task === 'reconstruction');
    return pictured.length === 0 ? [] : [headingOf(task, samples, pictured), ...rowsOf(pictured)];
  });
  const top = margin + 2 * lineHeight + gap;
  const sheet = blankImage(width, top + rows.reduce((sum, { height }) => sum + height, 0) + margin / 2);
  drawText(sheet, fitText(title, (width - 2 * margin) / 2), margin, margin, ink, 2);
  let y = top;
  for (const row of rows) {
    row.draw(sheet, y);
    y += row.height;
  }
  return sheet;
}

/** At most 300 kB, twice enlarged so that its letters can be read. */
export function encodeWorstCases(sheet: RasterImage): Uint8Array {
  return encodeIndexedPng(sheet, { maxBytes, scale: 2 });
}

interface Row {
  height: number;
  draw: (sheet: RasterImage, top: number) => void;
}

function headingOf(task: string, samples: readonly Sample[], shown: readonly Sample[]): Row {
  const failed = samples.filter(({ failures }) => failures.length > 0).length;
  const name = `${task[0]!.toUpperCase()}${task.slice(1)}`;
  const right =
    task === 'reconstruction'
      ? `the ${shown.length} worst of ${samples.length}: truth, restored from its tokens`
      : `${failed} of ${samples.length} failed; the worst of every kind${shown[0]!.beside === undefined ? '' : ': before, after'}`;
  return {
    height: 34,
    draw: (sheet, top) => {
      fill(sheet, margin, top, width - 2 * margin, 1, [58, 61, 70]);
      drawText(sheet, name, margin, top + 12, ink);
      drawText(sheet, right, width - margin - right.length * characterWidth, top + 12, faintInk);
    },
  };
}

function rowsOf(samples: readonly Sample[]): Row[] {
  return Array.from({ length: Math.ceil(samples.length / columns) }, (_, index) => {
    const cells = samples.slice(index * columns, (index + 1) * columns);
    return {
      height: Math.max(...cells.map(heightOf)) + gap,
      draw: (sheet: RasterImage, top: number) =>
        cells.forEach((sample, column) => drawCell(sheet, sample, margin + column * (cellWidth + gap), top)),
    };
  });
}

/** Beside a single picture there is room for its words; below a pair. */
function linesOf({ beside, asked, read, said = false, failures }: Sample): { text: string; colour: Colour }[] {
  const [room, most] = beside === undefined ? [picture, [4, 5, 3]] : [cellWidth, [2, 3, 2]];
  const lines = (text: string, limit: number, colour: Colour) =>
    wrapText(text, room, limit).map((line) => ({ text: line, colour }));
  return [
    ...lines(asked, most[0]!, ink),
    ...lines(`${said ? 'Said' : 'Read'}: ${read === '' ? 'nothing' : read}`, most[1]!, faintInk),
    ...lines(failures.join('; '), most[2]!, alarmInk),
  ];
}

function heightOf(sample: Sample): number {
  return sample.beside === undefined ? picture : picture + 6 + linesOf(sample).length * lineHeight;
}

function drawCell(sheet: RasterImage, sample: Sample, left: number, top: number): void {
  const pictures = sample.beside === undefined ? [sample.image] : [sample.beside, sample.image];
  pictures.forEach((image, index) => paste(sheet, image, left + index * (picture + inner), top));
  const [textLeft, textTop] = sample.beside === undefined ? [left + picture + inner, top] : [left, top + picture + 6];
  linesOf(sample).forEach(({ text, colour }, index) =>
    drawText(sheet, text, textLeft, textTop + index * lineHeight, colour),
  );
}

function fill(image: RasterImage, left: number, top: number, across: number, down: number, colour: Colour): void {
  paste(image, blankImage(across, down, colour), left, top);
}
