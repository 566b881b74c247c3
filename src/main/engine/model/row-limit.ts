/**
 * A graph that is never asked for more rows at once than it can carry: what the pack states, and what errors of memory have taught.
 * A batch that is too large runs in parts, one after the other, and comes back whole.
 */
import { StudioError } from '../../../shared/errors.js';
import type { GraphName } from '../../../shared/packs/pack.js';
import type { Graph, GraphTensor } from './graph.js';
import { joinRows, rowsOf, sliceRows } from './rows.js';

/** Every input and output of `graph` counts rows on its first axis. Throws `memory-full` when a single row is too much. */
export function limitRows(graph: Graph, most: number = Infinity): Graph {
  if (graph.dividesRows === true) return graph;
  let limit = most;
  const run = async (feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> => {
    const rows = rowsOf(feeds);
    const parts: Record<string, GraphTensor>[] = [];
    for (let done = 0; done < rows;) {
      const together = Math.min(rows - done, limit);
      try {
        parts.push(await graph.run(together === rows ? feeds : sliceRows(feeds, done, done + together)));
        done += together;
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (together === 1) throw tooLarge(graph, error);
        // Learned for all that follow: the memory will not have grown.
        limit = Math.floor(together / 2);
      }
    }
    return joinRows(parts);
  };
  return { name: graph.name, inputs: graph.inputs, outputs: graph.outputs, run, dispose: () => graph.dispose() };
}

/** As the runtime and the drivers under it say it. */
export function isOutOfMemory(error: unknown): boolean {
  const said =
    error instanceof StudioError
      ? `${error.message} ${error.detail ?? ''}`
      : error instanceof Error
        ? error.message
        : '';
  return /out of memory|failed to allocate|bad[_ ]?alloc|memory allocation|not enough memory|8007000e|E_OUTOFMEMORY/i.test(
    said,
  );
}

function tooLarge(graph: Graph, cause: unknown): StudioError {
  return memoryFull(`one picture in the model’s ${graph.name} graph`, cause);
}

/** Of a graph that does not fit into memory even by itself. */
export function tooLargeToOpen(name: GraphName, cause: unknown): StudioError {
  return memoryFull(`the model’s ${name} graph`, cause);
}

function memoryFull(what: string, cause: unknown): StudioError {
  const detail = cause instanceof StudioError ? cause.detail : cause instanceof Error ? cause.message : undefined;
  return new StudioError(
    'memory-full',
    `The memory of this device does not hold ${what}.`,
    'Close other programs that use it, choose the device “cpu”, or choose a smaller pack.',
    { ...(detail !== undefined && { detail }), cause },
  );
}
