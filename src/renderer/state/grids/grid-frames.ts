/** Cells of a grid as frames on the board: with their recipe, in the order of the sheet, its legends as notes beside them. */
import type { Note } from '../../../shared/document/annotations.js';
import type { DocumentOperation, EarlierStep, Frame } from '../../../shared/document/document.js';
import type { StoredImage } from '../../../shared/pictures/images.js';
import type { GridAxis } from '../../../shared/grids/grid-axis.js';
import { originOf, type GridCell, type GridPlan } from '../../../shared/grids/grid-plan.js';
import { legendOf } from '../../../shared/grids/grid-words.js';
import { putItems } from '../board/board-items.js';
import { frameName, newFrame } from '../document/frames.js';
import { displaySize, frameGap, type Point, type Size } from '../board/geometry.js';
import type { WrittenTokens } from './grid-run.svelte.js';

export interface PlacedCell {
  cell: GridCell;
  image: StoredImage;
  tokens: WrittenTokens;
}

/** `Steps 4 · Seed 2`: what tells a cell from the others. */
export function cellName({ columns, rows }: GridPlan, { row, column }: Pick<GridCell, 'row' | 'column'>): string {
  const across = legendOf(columns.parameter, columns.values[column]!);
  return rows === null ? across : `${legendOf(rows.parameter, rows.values[row]!)} · ${across}`;
}

const legend = { width: 232, fontSize: 18 } as const;

/** One line of a number, three of a prompt. */
function legendHeight(axis: GridAxis): number {
  return axis.parameter === 'prompt' ? 102 : 54;
}

/** Room for the sheet on the board, the legends left and above included. */
export function sheetSize(plan: GridPlan, image: Size): Size {
  const { width, height } = displaySize(image.width, image.height);
  const [columns, rows] = [plan.columns.values.length, plan.rows?.values.length ?? 1];
  return {
    width: leftOf(plan) + columns * (width + frameGap) - frameGap,
    height: legendHeight(plan.columns) + frameGap + rows * (height + frameGap) - frameGap,
  };
}

/** The whole sheet from `corner` on: frames of the cells that are there, and notes that name columns and rows. */
export function sheetOperations(plan: GridPlan, cells: readonly PlacedCell[], corner: Point): DocumentOperation[] {
  const [first] = cells;
  if (first === undefined) return [];
  const size = displaySize(first.image.width, first.image.height);
  const step = { x: size.width + frameGap, y: size.height + frameGap };
  const origin = { x: corner.x + leftOf(plan), y: corner.y + legendHeight(plan.columns) + frameGap };
  const frames = framesOf(
    plan,
    cells,
    cells.map(({ cell }) => ({ x: origin.x + cell.column * step.x, y: origin.y + cell.row * step.y })),
  );
  const notes = [
    ...legendsOf(plan.columns).map((text, column) =>
      note(
        text,
        { x: origin.x + column * step.x, y: corner.y },
        { width: size.width, height: legendHeight(plan.columns) },
      ),
    ),
    ...(plan.rows === null ? [] : rowNotes(plan.rows, { x: corner.x, y: origin.y }, step.y)),
  ];
  return putItems([...notes, ...frames]);
}

/**
 * One frame a cell. One that keeps only the coarse tokens carries the picture with all of them as a step of its own history:
 * nothing of how it was made is lost, and no arrows run across the sheet.
 */
export function framesOf(plan: GridPlan, cells: readonly PlacedCell[], places: readonly Point[]): Frame[] {
  return cells.map((placed, index) =>
    placed.cell.keepFrom === 0 ? frameOfWhole(plan, placed, places[index]!) : frameOfPart(plan, placed, places[index]!),
  );
}

function frameOfWhole(plan: GridPlan, { cell, image, tokens }: PlacedCell, place: Point): Frame {
  const { pack, codes, certainty } = tokens;
  return newFrame({
    name: cellName(plan, cell),
    place,
    image,
    origin: originOf(cell, pack, { plan: tokens.plan, keepsRest: plan.keepsRest }),
    tokens: { pack, codes: [...codes], certainty },
  });
}

function frameOfPart(plan: GridPlan, { cell, image, tokens }: PlacedCell, place: Point): Frame {
  const { prompt, seed, settings, keepFrom } = cell;
  const { pack, codes } = tokens;
  const step: EarlierStep = {
    id: crypto.randomUUID(),
    name: frameName(prompt),
    origin: originOf(cell, pack, { plan: tokens.plan, keepsRest: plan.keepsRest }),
    tokens: { pack, codes: [...codes] },
    createdAt: new Date().toISOString(),
  };
  const frame = newFrame({
    name: cellName(plan, cell),
    place,
    image,
    origin: { kind: 'decoded', parentId: step.id, t: 1, keepFrom, seed, steps: settings.steps, pack },
    tokens: null,
  });
  return { ...frame, earlier: [step] };
}

function rowNotes(rows: GridAxis, first: Point, step: number): Note[] {
  const size = { width: legend.width, height: legendHeight(rows) };
  return legendsOf(rows).map((text, row) => note(text, { x: first.x, y: first.y + row * step }, size));
}

function leftOf({ rows }: GridPlan): number {
  return rows === null ? 0 : legend.width + frameGap;
}

function legendsOf({ parameter, values }: GridAxis): string[] {
  return values.map((value) => legendOf(parameter, value));
}

function note(text: string, place: Point, size: Size): Note {
  return { kind: 'note', id: crypto.randomUUID(), ...place, ...size, text, fontSize: legend.fontSize, colour: 'grey' };
}
