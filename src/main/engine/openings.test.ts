import { expect, test } from 'vitest';
import { drain } from '../../../tests/fakes/engine-parts.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import { float32, type Graph } from './model/graph.js';
import { LazyGraphs } from './model/lazy-graphs.js';
import { tellingOpenings } from './openings.js';

const progress = (done: number): EngineEvent => ({ type: 'progress', phase: 'writing-tokens', done, total: 2 });
const opening: EngineEvent = { type: 'progress', phase: 'opening-graph', done: 0, total: 1 };

function lazyGraphs(open: () => Promise<Graph>): LazyGraphs {
  return new LazyGraphs([{ name: 'lm', inputs: [], outputs: [] }], { provider: 'cpu', elsewhere: null, open });
}

/** After a while, as a file of gigabytes. */
const slowly = async (): Promise<Graph> => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { name: 'lm', inputs: [], outputs: [], run: () => Promise.resolve({}), dispose: () => Promise.resolve() };
};
const feeds = { x: float32(new Float32Array(1), [1]) };

async function* job(lazy: LazyGraphs): AsyncGenerator<EngineEvent, string> {
  yield progress(0);
  await lazy.graphs.lm!.run(feeds);
  yield { type: 'text', text: 'a' };
  await lazy.graphs.lm!.run(feeds);
  yield progress(1);
  return 'result';
}

test('says that a graph is being opened, and then again what the job was busy with', async () => {
  const lazy = lazyGraphs(slowly);
  const first = await drain(tellingOpenings(job(lazy), lazy));
  expect(first.events).toEqual([progress(0), opening, progress(0), { type: 'text', text: 'a' }, progress(1)]);
  expect(first.result).toBe('result');
  const second = await drain(tellingOpenings(job(lazy), lazy));
  expect(second.events).toEqual([progress(0), { type: 'text', text: 'a' }, progress(1)]);
});

test('an opening that fails ends the job with its error', async () => {
  const lazy = lazyGraphs(() => Promise.reject(new Error('no')));
  await expect(drain(tellingOpenings(job(lazy), lazy))).rejects.toMatchObject({ code: 'engine-failed' });
});

test('a job that is dropped while a graph is opened is ended', async () => {
  let ended = false;
  async function* watched(lazy: LazyGraphs): AsyncGenerator<EngineEvent, string> {
    try {
      return yield* job(lazy);
    } finally {
      ended = true;
    }
  }
  const lazy = lazyGraphs(slowly);
  for await (const event of tellingOpenings(watched(lazy), lazy)) {
    if (event.type === 'progress' && event.phase === 'opening-graph') break;
  }
  expect(ended).toBe(true);
});
