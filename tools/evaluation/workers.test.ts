import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { EngineRequest } from '../../src/main/engine/protocol.js';
import type { EngineSession } from '../../src/main/cli/engine.js';
import { inParallel, workersFor, workersOf } from './workers.js';

function fakeEngines(count: number): { engines: EngineSession[]; busiest: () => number; used: number[] } {
  let busy = 0;
  let most = 0;
  const used = Array<number>(count).fill(0);
  const engines = used.map((_, index) => {
    let own = 0;
    const run = async (request: { kind: string; seed?: number }) => {
      busy += 1;
      own += 1;
      most = Math.max(most, busy);
      // An engine refuses a second job; two at once would be an error of the workers.
      if (own > 1) throw new Error('busy');
      used[index]! += 1;
      await wait(2);
      busy -= 1;
      own -= 1;
      if (request.seed === 13) throw new Error('unlucky');
      return { result: { kind: 'encode', codes: [request.seed] }, timing: { wallMs: 0, sessionMs: 0 } };
    };
    return { pack: { id: 'fake@1' }, provider: 'cpu', run } as unknown as EngineSession;
  });
  return { engines, busiest: () => most, used };
}

function request(seed: number): Extract<EngineRequest, { kind: 'decode' }> {
  return { kind: 'decode', codes: [], t: 1, keepFrom: 0, steps: 1, seed, tokenGuidance: 1 };
}

it('uses every engine, each for one request at a time, and keeps the order of the results', async () => {
  const { engines, busiest, used } = fakeEngines(3);
  const workers = workersOf(engines);
  const seeds = Array.from({ length: 12 }, (_, index) => index);
  const results = await inParallel(seeds, 9, (seed) => workers.run(request(seed)));
  expect(results.map(({ result }) => (result as unknown as { codes: number[] }).codes[0])).toEqual(seeds);
  expect(busiest()).toBe(3);
  expect(used.every((count) => count > 0)).toBe(true);
});

it('ends at the first failure and leaves the engines free', async () => {
  const { engines, used } = fakeEngines(2);
  const workers = workersOf(engines);
  const seeds = [1, 13, ...Array<number>(50).fill(2)];
  await expect(inParallel(seeds, 2, (seed) => workers.run(request(seed)))).rejects.toThrow('unlucky');
  await wait(20);
  expect(used[0]! + used[1]!).toBeLessThan(6);
  await expect(workers.run(request(5))).resolves.toBeDefined();
});

it('does nothing for no items', async () => {
  expect(await inParallel([], 4, () => Promise.reject(new Error('called')))).toEqual([]);
});

it('opens one engine a core, and no fewer than it has servers to keep busy', () => {
  const options = (servers: number, workers?: number) => ({
    ...{ json: false, verbose: false, force: false },
    remote: Array.from({ length: servers }, (_, index) => `http://box-${index}:8000`),
    ...(workers === undefined ? {} : { workers }),
  });
  expect(workersFor(options(0), 2)).toBe(2);
  expect(workersFor(options(0), 64)).toBe(8);
  expect(workersFor(options(4), 2)).toBe(4);
  expect(workersFor(options(2), 6)).toBe(6);
  expect(workersFor(options(4, 1), 2)).toBe(1);
});
