import { describe, expect, test } from 'vitest';
import { FakeGraph } from '../../../../tests/fakes/engine-parts.js';
import { StudioError } from '../../../shared/errors.js';
import { float32, int64, type GraphTensor } from './graph.js';
import { limitRows } from './row-limit.js';

/** Doubles x and adds t; throws as a graphics card does when more rows are asked for than `fits`. */
function doubling(fits = Infinity): FakeGraph {
  return new FakeGraph('decoder', ({ x, t, tokens }) => {
    const rows = x!.dims[0]!;
    if (rows > fits) {
      throw new StudioError('engine-failed', 'The decoder failed.', 'Try again.', {
        detail: 'CUDA failure 2: out of memory ; GPU=0',
      });
    }
    const size = x!.data.length / rows;
    const times = t!.data as Float32Array;
    const data = (x!.data as Float32Array).map((value, index) => 2 * value + times[Math.floor(index / size)]!);
    return { x0: { type: 'float32', data, dims: x!.dims }, tokens: tokens! };
  });
}

const rows = 5;
const feeds: Record<string, GraphTensor> = {
  x: float32(
    Float32Array.from({ length: rows * 6 }, (_, index) => index),
    [rows, 2, 3],
  ),
  t: float32(
    Float32Array.from({ length: rows }, (_, row) => row / 10),
    [rows],
  ),
  tokens: int64(
    BigInt64Array.from({ length: rows * 2 }, (_, index) => BigInt(index)),
    [rows, 2],
  ),
};
const rowsAsked = (graph: FakeGraph) => graph.runs.map(({ x }) => x!.dims[0]);

describe('limitRows', () => {
  test('a batch that is too large runs in parts and comes back as if it had not', async () => {
    const expected = await doubling().run(feeds);
    const graph = doubling();
    expect(await limitRows(graph, 2).run(feeds)).toEqual(expected);
    expect(rowsAsked(graph)).toEqual([2, 2, 1]);
  });

  test('what fits runs untouched', async () => {
    const graph = doubling();
    await limitRows(graph, rows).run(feeds);
    expect(graph.runs).toEqual([feeds]);
  });

  test('errors of memory halve the batch, and are remembered', async () => {
    const expected = await doubling().run(feeds);
    const graph = doubling(1);
    const limited = limitRows(graph);
    expect(await limited.run(feeds)).toEqual(expected);
    expect(rowsAsked(graph)).toEqual([5, 2, 1, 1, 1, 1, 1]);
    graph.runs.length = 0;
    expect(await limited.run(feeds)).toEqual(expected);
    expect(rowsAsked(graph)).toEqual([1, 1, 1, 1, 1]);
  });

  test('where a single row is too much, graph and way out are named', async () => {
    await expect(limitRows(doubling(0)).run(feeds)).rejects.toMatchObject({
      code: 'memory-full',
      message: 'The memory of this device does not hold one picture in the model’s decoder graph.',
      detail: 'CUDA failure 2: out of memory ; GPU=0',
    });
  });

  test('other errors pass', async () => {
    const graph = new FakeGraph('decoder', () => {
      throw new StudioError('engine-failed', 'No.', 'No.', { detail: 'a shape does not fit' });
    });
    await expect(limitRows(graph).run(feeds)).rejects.toMatchObject({ code: 'engine-failed' });
    expect(graph.runs).toHaveLength(1);
  });
});
