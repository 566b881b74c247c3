/**
 * A graph that is never asked for more rows at once than it can carry: what the pack states, and what errors of memory have taught.
 * A batch that is too large runs in parts, one after the other, and comes back whole.
 */
import { StudioError } from '../../../shared/errors.js';
import type { Graph, GraphTensor, TensorData } from './graph.js';

/** Every input and output of `graph` counts rows on its first axis. Throws `memory-full` when a single row is too much. */
export function limitRows(graph: Graph, most: number = Infinity): Graph {
  let limit = most;
  const run = async (feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> => {
    const rows = rowsOf(feeds);
    const parts: Record<string, GraphTensor>[] = [];
    for (let done = 0; done < rows;) {
      const together = Math.min(rows - done, limit);
      try {
        parts.push(await graph.run(together === rows ? feeds : slice(feeds, done, done + together)));
        done += together;
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (together === 1) throw tooLarge(graph, error);
        // Learned for all that follow: the memory will not have grown.
        limit = Math.floor(together / 2);
      }
    }
    return parts.length === 1 ? parts[0]! : join(parts, rows);
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

function rowsOf(feeds: Readonly<Record<string, GraphTensor>>): number {
  return Object.values(feeds)[0]!.dims[0]!;
}

type Numbers = Exclude<TensorData, { readonly buffer: ArrayBufferLike; readonly byteOffset: number }> | Float32Array;

function slice(feeds: Readonly<Record<string, GraphTensor>>, from: number, to: number): Record<string, GraphTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => {
      const size = data.length / dims[0]!;
      const part = (data as Numbers as Float32Array).subarray(from * size, to * size);
      return [name, { type, data: part, dims: [to - from, ...dims.slice(1)] }];
    }),
  );
}

function join(parts: readonly Record<string, GraphTensor>[], rows: number): Record<string, GraphTensor> {
  return Object.fromEntries(
    Object.entries(parts[0]!).map(([name, { type, data, dims }]) => {
      const size = data.length / dims[0]!;
      const whole = new (data.constructor as Float32ArrayConstructor)(rows * size);
      let at = 0;
      for (const part of parts) {
        whole.set(part[name]!.data as Float32Array, at);
        at += part[name]!.data.length;
      }
      return [name, { type, data: whole, dims: [rows, ...dims.slice(1)] }];
    }),
  );
}

function tooLarge(graph: Graph, cause: unknown): StudioError {
  const detail = cause instanceof StudioError ? cause.detail : cause instanceof Error ? cause.message : undefined;
  return new StudioError(
    'memory-full',
    `The memory of this device does not hold one picture in the model’s ${graph.name} graph.`,
    'Close other programs that use it, choose the device “cpu”, or choose a smaller pack.',
    { ...(detail !== undefined && { detail }), cause },
  );
}
