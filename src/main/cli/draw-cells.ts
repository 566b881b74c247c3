/** The cells of a grid, drawn by one or several engines: tokens once for all cells that share them, each cell by whoever is free. */
import type { EngineEvent } from '../../shared/contract/events.js';
import { writingRequest, type GridPlan } from '../../shared/grids/grid-plan.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import type { EngineSession } from './engine.js';

export interface DrawnCell {
  image: RasterImage;
  codes: number[];
  /** What the codes were written from; absent where there was none. */
  plan?: string;
}

interface Drawing {
  /** The picture that every cell edits; null where cells are new pictures. */
  edited: RasterImage | null;
  /** One more cell is there; `done` of all. */
  onCell: (index: number, done: number) => void;
  onEvent: (event: EngineEvent) => void;
}

/** In the order of `plan.cells`. Throws what the engines' jobs throw. */
export async function drawCells(
  engines: readonly EngineSession[],
  plan: GridPlan,
  { edited, onCell, onEvent }: Drawing,
): Promise<DrawnCell[]> {
  const writing =
    edited === null ? null : { source: { image: edited }, base: { image: edited }, keepsRest: plan.keepsRest };
  const cells = new Array<DrawnCell>(plan.cells.length);
  let done = 0;
  const keep = (index: number, cell: DrawnCell): void => {
    cells[index] = cell;
    done += 1;
    onCell(index, done);
  };
  const waiting: { index: number; tokens: Omit<DrawnCell, 'image'> }[] = [];
  await shareOut(engines, plan.groups, async (engine, { recipe, generated, decoded }) => {
    const written = await engine.run(writingRequest(recipe, writing), onEvent);
    const { image, codes, plan: planned } = written.result.images[0]!;
    const tokens = { codes, ...(planned === undefined ? {} : { plan: planned }) };
    if (generated !== null) keep(generated, { image, ...tokens });
    waiting.push(...decoded.map((index) => ({ index, tokens })));
  });
  await shareOut(engines, waiting, async (engine, { index, tokens }) => {
    const { keepFrom, seed, settings } = plan.cells[index]!;
    const { steps, tokenGuidance } = settings;
    const { codes } = tokens;
    const request = { kind: 'decode' as const, codes, t: 1, keepFrom, steps, seed, tokenGuidance };
    const restored = await engine.run(request, onEvent);
    keep(index, { image: restored.result.image, ...tokens });
  });
  return cells;
}

/** Whoever is free takes the next one; each is taken once. */
async function shareOut<Item>(
  engines: readonly EngineSession[],
  items: readonly Item[],
  work: (engine: EngineSession, item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const takeAll = async (engine: EngineSession): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(engine, next);
  };
  await Promise.all(engines.map(takeAll));
}
