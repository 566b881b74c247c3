/** From the sheet to the board, and from a cell back to the composer. */
import type { Frame } from '../../../shared/document/document.js';
import { escapeAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { count, inRun, putAll, runOf } from '../document/frames.js';
import { boundsOf, displaySize, placeFrames, type Rectangle } from '../board/geometry.js';
import { framesOf, sheetOperations, sheetSize, type PlacedCell } from './grid-frames.js';
import type { GridRunState } from './grid-run.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

type PlacedGrid = Pick<GridRunState, 'run' | 'cells' | 'picked' | 'entries'>;

/** The picked cells in a block of rows, or with none picked the whole sheet with its legends; one transaction. */
export async function placeGrid({ run, cells, picked, entries }: PlacedGrid): Promise<void> {
  if (run === null) return;
  const all = cells.flatMap((state, index): (PlacedCell & { index: number })[] => {
    const cell = run.plan.cells[index]!;
    return state.kind === 'done' ? [{ index, cell, image: state.image, tokens: state.tokens }] : [];
  });
  const chosen = all.filter(({ index }) => picked.includes(index));
  const placed = chosen.length === 0 ? all : chosen;
  const [first] = placed;
  if (first === undefined) return;
  const taken = documentState.frames;
  // Edits stand near what they change.
  const parent = run.base.parentId === undefined ? null : documentState.frame(run.base.parentId);
  const anchor = parent ?? taken.at(-1) ?? null;
  if (chosen.length > 0) {
    const places = placeFrames(taken, displaySize(first.image.width, first.image.height), placed.length, anchor);
    const frames = framesOf(run.plan, placed, places);
    const inOne = inRun(frames, runOf(frames.length, run.base.prompt));
    await documentState.commit(`Place ${count(frames.length)} of a grid`, putAll(inOne));
    show(frames);
  } else {
    const [corner] = placeFrames(taken, sheetSize(run.plan, first.image), 1, anchor);
    const operations = sheetOperations(run.plan, placed, corner!);
    // With every picture on the board the queue need not keep them any longer.
    const settles = placed.length === cells.length ? entries.map(({ id }) => id) : [];
    await documentState.commit(`Place a grid of ${count(placed.length)}`, operations, settles);
    const frames = operations.flatMap((one) => (one.type === 'put-frame' ? [one.frame] : []));
    show(frames, { ...corner!, ...sheetSize(run.plan, first.image) });
  }
}

/** Prompt or instruction, seed and settings of a cell; the seed is locked, so that the next run is that cell. */
export function useCell({ run }: Pick<GridRunState, 'run'>, index: number): void {
  const cell = run?.plan.cells[index];
  if (cell === undefined) return;
  const parent = cell.parentId === undefined ? null : documentState.frame(cell.parentId);
  if (cell.parentId === undefined) {
    composer.task = 'generate';
    composer.setPrompt(escapeAlternatives(cell.prompt));
  } else {
    composer.task = 'edit';
    composer.instruction = cell.prompt;
    if (parent !== null) view.select([parent.id]);
  }
  composer.setSeed(cell.seed);
  composer.setSeedLocked(true);
  composer.setSettings(cell.settings, studio.pack);
  const words = cell.parentId === undefined ? 'Prompt' : 'Instruction';
  notices.tell(`${words}, seed and settings of the cell are in the composer`, 'success');
}

function show(frames: readonly Frame[], bounds: Rectangle | null = boundsOf(frames)): void {
  view.select(frames.map(({ id }) => id));
  if (bounds !== null) view.reveal(bounds);
}
