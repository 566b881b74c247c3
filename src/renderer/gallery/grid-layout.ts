/** Where pictures stand in the grid, and which of them have to be drawn. Pure. */

export interface GridLayout {
  count: number;
  columns: number;
  rows: number;
  /** Side of a cell and distance between two, in CSS pixels. */
  cell: number;
  gap: number;
  /** Of everything, as if it were all drawn. */
  height: number;
}

/** Cells fill the width exactly and are at least `smallest` wide, unless the grid itself is narrower. */
export function gridLayout(width: number, count: number, smallest: number, gap: number): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (smallest + gap)));
  const cell = Math.max(1, (width - gap * (columns - 1)) / columns);
  const rows = Math.ceil(count / columns);
  return { count, columns, rows, cell, gap, height: rows === 0 ? 0 : rows * (cell + gap) - gap };
}

/** Positions from…to (`to` excluded) that are in sight, with `spare` rows above and below. */
export function visibleCells(
  { columns, rows, cell, gap, count }: GridLayout,
  scrollTop: number,
  viewport: number,
  spare: number,
): { from: number; to: number } {
  const first = Math.max(0, Math.floor(scrollTop / (cell + gap)) - spare);
  const last = Math.min(rows, Math.ceil((scrollTop + viewport) / (cell + gap)) + spare);
  return { from: Math.min(count, first * columns), to: Math.min(count, Math.max(first, last) * columns) };
}

/** Whole rows that cover what is in sight, wherever between them it begins, and never reach beyond the last. */
export function blankRows(
  { rows, cell, gap }: GridLayout,
  scrollTop: number,
  viewport: number,
): { y: number; height: number } {
  const pitch = cell + gap;
  const count = Math.min(rows, Math.ceil(viewport / pitch) + 1);
  const first = Math.max(0, Math.min(Math.floor(scrollTop / pitch), rows - count));
  return { y: first * pitch, height: Math.max(0, count * pitch - gap) };
}

/**
 * Always the same number of cells from the first one in sight on, as far as there are that many, each with its place in
 * the page: a cell keeps it while it is in sight, and what comes into sight takes the place of what has left.
 */
export function recycled(
  { from, to }: { from: number; to: number },
  count: number,
  pool: number,
): { slot: number; index: number }[] {
  const first = Math.max(0, Math.min(from, count - pool));
  const last = Math.min(count, Math.max(to, first + pool));
  return Array.from({ length: Math.min(pool, last - first) }, (_, at) => ({
    slot: (first + at) % pool,
    index: first + at,
  }));
}

export function cellPlace({ columns, cell, gap }: GridLayout, index: number): { x: number; y: number } {
  return { x: (index % columns) * (cell + gap), y: Math.floor(index / columns) * (cell + gap) };
}

/** The scroll position nearest to `scrollTop` at which the cell is wholly in sight. */
export function scrollTo(layout: GridLayout, index: number, scrollTop: number, viewport: number): number {
  const { y } = cellPlace(layout, index);
  if (y < scrollTop) return y;
  return Math.max(scrollTop, Math.min(y, y + layout.cell - viewport));
}

/** Where a key leads from `active`; null when it is no key of the grid. Up and down keep to their column. */
export function moveActive(
  { columns, count, cell, gap }: GridLayout,
  active: number,
  key: string,
  viewport: number,
): number | null {
  const page = Math.max(1, Math.floor((viewport + gap) / (cell + gap)));
  const sideways = { ArrowRight: 1, ArrowLeft: -1, Home: -count, End: count }[key];
  const downwards = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[key];
  if (count === 0) return sideways === undefined && downwards === undefined ? null : 0;
  if (sideways !== undefined) return Math.max(0, Math.min(count - 1, active + sideways));
  if (downwards === undefined) return null;
  const lastRow = Math.floor((count - 1) / columns);
  const row = Math.max(0, Math.min(lastRow, Math.floor(active / columns) + downwards));
  // The last row may be too short for the column.
  return Math.min(count - 1, row * columns + (active % columns));
}
