/** The comparison as one picture for a slide: both packs with their pictures, their interpolations from A to B, and the chart. */
import { withChartImage } from '../analyses/chart-image.js';
import { chartSize, type ChartTheme } from '../../shared/charts/chart-svg.js';
import { chartColours, type Chart } from '../../shared/charts/chart.js';
import { fitText } from '../../shared/text/fit-text.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import {
  interpolationWords,
  packComparisonStrides,
  scheduleWords,
  tokenKind,
} from '../../shared/packs/pack-comparison.js';
import { bitmapOf } from '../state/pixels.js';
import { packSides, type PackComparisonState, type PackFindings } from '../state/packs/pack-comparison.svelte.js';
import { downloadCanvas, slideColours, slideFont, slideNotDrawn, type SlideColours } from '../timeline/export/slide.js';
import { psnrWords, stepWords } from './pack-comparison-words.js';

const width = 1920;
const margin = 64;
const between = 56;
const column = (width - 2 * margin - between) / 2;
const tile = 272;
const tileGap = (column - 3 * tile) / 2;
const cellGap = 8;
const cell = (column - packComparisonStrides * cellGap) / (packComparisonStrides + 1);
const tops = { heading: 150, tiles: 244, interpolation: 244 + tile + 56, chart: 244 + tile + 56 + cell + 60 } as const;
const chartScale = 1.2;

interface Pen {
  context: CanvasRenderingContext2D;
  colours: SlideColours;
  font: string;
}

/** Throws `internal` when the browser cannot draw it. */
export async function saveComparison(
  { findings, prompt, seed, steps }: Pick<PackComparisonState, 'findings' | 'prompt' | 'seed' | 'steps'>,
  chart: Chart | null,
): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = tops.chart + (chart === null ? 0 : chartSize.height * chartScale + margin / 2);
  const context = canvas.getContext('2d');
  if (context === null) throw slideNotDrawn();
  const pen: Pen = { context, colours: slideColours(), font: slideFont() };
  context.fillStyle = pen.colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  write(
    pen,
    prompt.trim() === '' ? 'Two packs side by side' : `“${prompt.trim()}”`,
    margin,
    76,
    34,
    width - 2 * margin,
  );
  write(pen, `seed ${seed} · ${steps} steps of the decoder on both sides`, margin, 108, 18, width - 2 * margin, true);
  for (const side of packSides) {
    const one = findings[side];
    if (one !== null) await drawPack(pen, one, margin + side * (column + between), chartColours[side]);
  }
  if (chart !== null) await drawChart(pen, chart);
  const names = findings.flatMap((one) => (one === null ? [] : [one.pack.manifest.name]));
  await downloadCanvas(canvas, `${names.join(' beside ')}.png`);
}

async function drawPack(pen: Pen, findings: PackFindings, left: number, colour: string): Promise<void> {
  const { manifest } = findings.pack;
  const { context } = pen;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(left + 8, tops.heading - 8, 8, 0, 2 * Math.PI);
  context.fill();
  write(pen, `${manifest.name} ${manifest.version}`, left + 28, tops.heading, 25, column - 28);
  const { count, codebookSize } = manifest.tokens;
  write(pen, `${tokenKind(manifest)} · K = ${count} of ${codebookSize} codes`, left, tops.heading + 34, 19, column);
  write(pen, scheduleWords(manifest), left, tops.heading + 62, 17, column, true);

  const { restored, interpolation } = findings;
  const middle = interpolation[packComparisonStrides / 2] ?? null;
  const tiles: [string, RasterImage | null, string | undefined][] = [
    ['Drawn', findings.drawn, findings.missing.drawn],
    [
      `A restored${restored === null ? '' : `, ${psnrWords(restored.psnr)}`}`,
      restored?.image ?? null,
      findings.missing.restored,
    ],
    [
      middle === null ? 'A to B' : `A to B, ${stepWords(findings, packComparisonStrides / 2)}`,
      middle?.image ?? null,
      findings.missing.interpolation,
    ],
  ];
  for (const [index, [title, image, missing]] of tiles.entries()) {
    const x = left + index * (tile + tileGap);
    if (image !== null) await drawRaster(pen, image, x, tops.tiles, tile);
    else {
      outline(pen, x, tops.tiles, tile);
      if (missing !== undefined) write(pen, missing, x + 12, tops.tiles + tile / 2, 14, tile - 24, true);
    }
    write(pen, title, x, tops.tiles + tile + 26, 17, tile + tileGap, true);
  }
  for (const [step, { image }] of interpolation.entries()) {
    await drawRaster(pen, image, left + step * (cell + cellGap), tops.interpolation, cell);
  }
  if (interpolation.length > 0) {
    write(pen, `From A to B, ${interpolationWords(manifest)}`, left, tops.interpolation + cell + 26, 17, column, true);
  }
}

async function drawRaster({ context }: Pen, image: RasterImage, x: number, y: number, side: number): Promise<void> {
  const bitmap = await bitmapOf(image);
  const fit = side / Math.max(image.width, image.height);
  context.imageSmoothingEnabled = true;
  context.drawImage(bitmap, x, y, image.width * fit, image.height * fit);
  bitmap.close();
}

async function drawChart({ context, colours, font }: Pen, chart: Chart): Promise<void> {
  const theme: ChartTheme = { ...colours, grid: colours.line, font };
  await withChartImage(chart, theme, (picture) => {
    const size = { width: chartSize.width * chartScale, height: chartSize.height * chartScale };
    context.drawImage(picture, (width - size.width) / 2, tops.chart, size.width, size.height);
  });
}

function outline({ context, colours }: Pen, x: number, y: number, side: number): void {
  context.strokeStyle = colours.line;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
}

/** One line, shortened to its room. */
function write(
  { context, colours, font }: Pen,
  text: string,
  x: number,
  y: number,
  size: number,
  room: number,
  muted = false,
): void {
  context.fillStyle = muted ? colours.muted : colours.text;
  context.font = `${muted ? 400 : 600} ${size}px ${font}`;
  const words = fitText(text, room, (part) => context.measureText(part).width);
  context.fillText(words, x, y);
}
