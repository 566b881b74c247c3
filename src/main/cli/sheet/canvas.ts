import type { RasterImage } from '../../../shared/pictures/images.js';
import { paste } from '../../../shared/pictures/cut-out.js';
import { characterWidth, drawText, fitText, lineHeight, writable } from './text.js';
import { type Colour, paper, ink, faintInk } from './colours.js';

export function blankImage(width: number, height: number, [red, green, blue]: Colour = paper): RasterImage {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at += 4) data.set([red, green, blue, 255], at);
  return { width, height, data };
}

export interface Cell {
  image: RasterImage;
  /** Up to two lines under the picture. */
  captions: string[];
}

const gap = 8;

/** A contact sheet: cells in reading order, captions below, optional labels left of rows and above columns, a title on top. */
export function contactSheet(
  cells: Cell[],
  {
    columns,
    title = '',
    rowLabels = [],
    columnLabels = [],
  }: { columns: number; title?: string; rowLabels?: string[]; columnLabels?: string[] },
): RasterImage {
  const cellWidth = Math.max(1, ...cells.map(({ image }) => image.width));
  const cellHeight = Math.max(1, ...cells.map(({ image }) => image.height));
  const captionLines = Math.max(0, ...cells.map(({ captions }) => captions.length));
  const labelWidth =
    rowLabels.length === 0 ? 0 : Math.max(...rowLabels.map((label) => writable(label).length)) * characterWidth + gap;
  const titled = title === '' ? gap : gap + lineHeight + gap;
  const top = columnLabels.length === 0 ? titled : titled + lineHeight;
  const rowHeight = cellHeight + captionLines * lineHeight + gap + 2;
  const rows = Math.ceil(cells.length / columns);
  const sheet = blankImage(gap + labelWidth + columns * (cellWidth + gap), top + rows * rowHeight);

  drawText(sheet, fitText(title, sheet.width - 2 * gap), gap, gap, ink);
  columnLabels.forEach((label, column) =>
    drawText(sheet, fitText(label, cellWidth), gap + labelWidth + column * (cellWidth + gap), titled, ink),
  );
  rowLabels.forEach((label, row) =>
    drawText(sheet, label, gap, top + row * rowHeight + Math.floor(cellHeight / 2) - 4, ink),
  );
  cells.forEach(({ image, captions }, index) => {
    const left = gap + labelWidth + (index % columns) * (cellWidth + gap);
    const cellTop = top + Math.floor(index / columns) * rowHeight;
    paste(sheet, image, left, cellTop);
    captions.forEach((caption, line) => {
      const below = cellTop + cellHeight + 3 + line * lineHeight;
      drawText(sheet, fitText(caption, cellWidth), left, below, line === 0 ? ink : faintInk);
    });
  });
  return sheet;
}
