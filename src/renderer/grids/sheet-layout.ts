/** Where things stand on the saved sheet, in its pixels. Pure. */
import type { GridPlan } from '../../shared/grids/grid-plan.js';

export interface SheetLayout {
  size: { width: number; height: number };
  cellSize: { width: number; height: number };
  margin: number;
  gap: number;
  lineHeight: number;
  /** Lines of a column's legend. */
  headLines: number;
  /** Width kept for the legends of rows, 0 without rows. */
  rowLegend: number;
  /** Top left corner of a cell. */
  cell: (row: number, column: number) => { x: number; y: number };
}

/** Small pictures are enlarged by a whole factor to about 256 pixels; the sheet stays below what browsers can draw. */
export function sheetLayout(plan: GridPlan, image: { width: number; height: number }): SheetLayout {
  const [columns, rows] = [plan.columns.values.length, plan.rows?.values.length ?? 1];
  const [margin, gap, lineHeight, titleHeight] = [48, 16, 22, 84];
  const longest = Math.max(image.width, image.height);
  const room = largestSide / Math.max(columns, rows) - gap;
  const factor = Math.min(Math.max(1, Math.floor(256 / longest)), room / longest);
  const cellSize = { width: Math.round(image.width * factor), height: Math.round(image.height * factor) };
  const headLines = plan.columns.parameter === 'prompt' ? 4 : 1;
  const rowLegend = plan.rows === null ? 0 : plan.rows.parameter === 'prompt' ? 260 : 180;
  const left = margin + rowLegend;
  const top = margin + titleHeight + headLines * lineHeight + gap;
  const cell = (row: number, column: number) => ({
    x: left + column * (cellSize.width + gap),
    y: top + row * (cellSize.height + gap),
  });
  const end = cell(rows, columns);
  return {
    size: { width: Math.max(smallestWidth, end.x - gap + margin), height: end.y - gap + margin },
    cellSize,
    margin,
    gap,
    lineHeight,
    headLines,
    rowLegend,
    cell,
  };
}

const largestSide = 12_000;
/** So that the title has room above a single column. */
const smallestWidth = 640;
