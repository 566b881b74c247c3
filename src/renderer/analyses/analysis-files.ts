/** The analyses as files: tables, and figures in the window's own colours. */
import { chartSize, type ChartTheme } from '../../shared/charts/chart-svg.js';
import type { Chart } from '../../shared/charts/chart.js';
import { fitText } from '../../shared/text/fit-text.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import { withChartImage } from './chart-image.js';
import { bitmapOf } from '../state/pixels.js';
import { saveFileAndTell } from '../state/import-export/saving.js';
import { downloadCanvas, slideColours, slideFont, slideNotDrawn } from '../timeline/export/slide.js';

/** Pixels of a figure per unit of its own size: fit for a slide. */
const scale = 2;

export function saveTable(table: string, fileName: string): Promise<void> {
  return saveFileAndTell(new Blob([table], { type: 'text/csv' }), fileName);
}

/** Throws `internal` when the browser cannot draw it. */
export async function saveChart(chart: Chart, fileName: string): Promise<void> {
  const { background, text, muted, line } = slideColours();
  const theme: ChartTheme = { background, text, muted, grid: line, font: slideFont() };
  await withChartImage(chart, theme, async (image) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: chartSize.width * scale, height: chartSize.height * scale });
    const context = canvas.getContext('2d');
    if (context === null) throw slideNotDrawn();
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    await downloadCanvas(canvas, fileName);
  });
}

/** A row of pictures with a line under each. Throws `internal` when the browser cannot draw it. */
export async function savePictures(
  { title, detail }: { title: string; detail: string },
  pictures: readonly { image: RasterImage; caption: string }[],
  fileName: string,
): Promise<void> {
  const [colours, font] = [slideColours(), slideFont()];
  const [margin, gap, side] = [48, 24, 256];
  const columns = Math.min(6, pictures.length);
  const rows = Math.ceil(pictures.length / columns);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, {
    width: 2 * margin + columns * side + (columns - 1) * gap,
    height: 136 + rows * (side + 56) + margin - 24,
  });
  const context = canvas.getContext('2d');
  if (context === null) throw slideNotDrawn();
  context.fillStyle = colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colours.text;
  context.font = `600 30px ${font}`;
  const widthOf = (text: string): number => context.measureText(text).width;
  context.fillText(fitText(title, canvas.width - 2 * margin, widthOf), margin, 72);
  context.font = `400 20px ${font}`;
  context.fillStyle = colours.muted;
  context.fillText(detail, margin, 104);
  context.imageSmoothingEnabled = false;
  for (const [index, { image, caption }] of pictures.entries()) {
    const left = margin + (index % columns) * (side + gap);
    const top = 136 + Math.floor(index / columns) * (side + 56);
    const bitmap = await bitmapOf(image);
    const fit = side / Math.max(image.width, image.height);
    context.drawImage(bitmap, left, top, image.width * fit, image.height * fit);
    context.fillText(caption, left, top + side + 28, side);
    bitmap.close();
  }
  await downloadCanvas(canvas, fileName);
}
