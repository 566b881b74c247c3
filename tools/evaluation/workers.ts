/** Several engines share the evaluation's requests: a small model keeps one core busy, not four. */
import type { PackSummary } from '../../src/shared/packs/pack.js';
import { enginesFor, type EngineSession } from '../../src/main/cli/engine.js';
import type { EngineOptions } from '../../src/main/cli/options.js';

/** The engines as one: a request goes to the first that is free, in the order they came. */
export interface Workers {
  pack: PackSummary;
  count: number;
  run: EngineSession['run'];
}

/** More than this the machine's memory pays for, and one detector keeps no more busy. */
const mostWorkers = 8;

/**
 * How many engines are opened side by side where nobody said it: one a core. An engine waits for its servers, so that fewer cores
 * than servers would leave some of these idle.
 */
export function workersFor(options: EngineOptions & { workers?: number }, cores: number): number {
  return options.workers ?? Math.max(Math.min(cores, mostWorkers), enginesFor(options));
}

export function workersOf(engines: readonly EngineSession[]): Workers {
  const free = [...engines];
  const waiting: ((engine: EngineSession) => void)[] = [];
  const take = (): Promise<EngineSession> => {
    const engine = free.pop();
    return engine === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(engine);
  };
  const giveBack = (engine: EngineSession): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(engine);
    else next(engine);
  };
  return {
    pack: engines[0]!.pack,
    count: engines.length,
    run: async (request, onEvent) => {
      const engine = await take();
      try {
        return await engine.run(request, onEvent);
      } finally {
        giveBack(engine);
      }
    },
  };
}

/** `work` on every item, at most `limit` at a time; results in the order of the items. The first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
