/**
 * One column for every token, V_K at the left to V_1 at the right: pure, in CSS pixels. Strip, ribbons, matrix and film take their
 * places from here, so what belongs to one token stands in one line.
 */
import type { TokenRange } from '../../../shared/tokens/tokens.js';
import type { Axis } from './track-layout.js';

/** Equal columns over the stretch of the panel that starts at `left`; those that do not fit into its `width` scroll. */
export interface TokenColumns extends Axis {
  count: number;
  cell: number;
  contentWidth: number;
}

/** A token in less than this cannot be pointed at. */
const narrowest = 6;
/** Where not all of them fit anyhow, each is as wide as is comfortable. */
const comfortable = 14;
/** Four digits of a code. */
const widthOfCode = 24;

/** All columns in `axis` where they can be told apart there, and a tape of wider ones to be scrolled where not. */
export function tokenColumns(axis: Axis, count: number): TokenColumns {
  const fitting = wholeColumns(axis, count);
  return count === 0 || fitting.cell >= narrowest ? fitting : withCell(axis, count, comfortable);
}

/** All columns in `axis`, however narrow: for what is only looked at. */
export function wholeColumns(axis: Axis, count: number): TokenColumns {
  return withCell(axis, count, count === 0 ? 0 : axis.width / count);
}

function withCell({ left, width }: Axis, count: number, cell: number): TokenColumns {
  return { left, width, count, cell, contentWidth: cell * count };
}

export function scrolls(columns: TokenColumns): boolean {
  return farthest(columns) > 0.5;
}

/** What a cell has room for: its code, marks of some width, or hardly more than its colour. */
export type CellRoom = 'code' | 'marks' | 'colour';

export function cellRoom({ cell }: TokenColumns): CellRoom {
  if (cell >= widthOfCode) return 'code';
  return cell >= comfortable ? 'marks' : 'colour';
}

/** Token index ↔ slot from the left; the mapping is its own inverse. */
export function slotOfToken(count: number, index: number): number {
  return count - 1 - index;
}

/** Where the columns of a run of tokens stand, from the left end of all columns. */
export function columnOf({ count, cell }: TokenColumns, { from, to }: TokenRange): { left: number; width: number } {
  return { left: slotOfToken(count, to) * cell, width: (to - from + 1) * cell };
}

/** Where that is in the panel once it is scrolled: it may lie beyond what is seen. */
export function columnInPanel(columns: TokenColumns, scrollLeft: number, range: TokenRange) {
  const { left, width } = columnOf(columns, range);
  const start = columns.left + left - scrollLeft;
  return { left: start, right: start + width };
}

/** What of it is seen; a run out of sight is a line of no width at the end it lies beyond. */
export function seenInPanel(columns: TokenColumns, scrollLeft: number, range: TokenRange) {
  const { left, right } = columnInPanel(columns, scrollLeft, range);
  const inside = (x: number) => Math.min(columns.left + columns.width, Math.max(columns.left, x));
  return { left: inside(left), right: inside(right) };
}

/** The token whose column is `x` pixels from the left end of all columns; the nearest one beyond them. */
export function tokenAt({ count, cell }: TokenColumns, x: number): number {
  const slot = cell <= 0 ? 0 : Math.floor(x / cell);
  return slotOfToken(count, Math.min(count - 1, Math.max(0, slot)));
}

/** Cells come and go in groups of this many, so that most scrolling changes no element at all. */
const group = 16;

/** The slots that are seen, in whole groups: `first <= slot < end`. */
export function slotWindow({ count, cell, width }: TokenColumns, scrollLeft: number): { first: number; end: number } {
  if (cell <= 0) return { first: 0, end: 0 };
  const first = Math.floor(scrollLeft / cell / group) * group;
  const end = Math.ceil((scrollLeft + width) / cell / group) * group;
  return { first: Math.min(count, Math.max(0, first)), end: Math.max(0, Math.min(count, end)) };
}

/** As far as the columns reach. */
export function heldScroll(columns: TokenColumns, scrollLeft: number): number {
  return Math.min(farthest(columns), Math.max(0, scrollLeft));
}

function farthest({ contentWidth, width }: TokenColumns): number {
  return Math.max(0, contentWidth - width);
}

/** The smallest change of `scrollLeft` that brings a run of tokens into view with one cell of margin, its coarse end first. */
export function scrollToTokens(columns: TokenColumns, scrollLeft: number, range: TokenRange): number {
  const column = columnOf(columns, range);
  const left = column.left - columns.cell;
  const right = column.left + column.width + columns.cell;
  const wanted = right > scrollLeft + columns.width ? right - columns.width : scrollLeft;
  return heldScroll(columns, Math.min(left, wanted));
}

/** The `scrollLeft` that puts the middle of token `index` at `x` of what is seen, as far as the columns reach. */
export function scrollUnder(columns: TokenColumns, index: number, x: number): number {
  return heldScroll(columns, (slotOfToken(columns.count, index) + 0.5) * columns.cell - x);
}
