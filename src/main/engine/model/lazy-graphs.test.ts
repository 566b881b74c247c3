import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { GraphName } from '../../../shared/packs/pack.js';
import { float32, type Graph, type GraphTensor } from './graph.js';
import { LazyGraphs, type Places } from './lazy-graphs.js';

const names: GraphName[] = ['decoder', 'encoder', 'lm'];
const descriptions = names.map((name) => ({
  name,
  inputs: [{ name: `${name} in`, type: 'int64', shape: [] }],
  outputs: [],
}));
const outOfMemory = new Error('Failed to allocate memory for requested buffer');
const rows = (count: number): Record<string, GraphTensor> => ({ x: float32(new Float32Array(count), [count]) });

/** A device that says what it does. `open` and `run` throw what they are told, once for each time it is said; `hold` is what a run waits for. */
function device(changes: Partial<Places> = {}) {
  const log: string[] = [];
  const faults = { open: [] as Error[], run: [] as Error[], hold: undefined as Promise<void> | undefined };
  const open = (name: GraphName, provider: string): Promise<Graph> => {
    log.push(`open ${name} on ${provider}`);
    const fault = faults.open.shift();
    if (fault !== undefined) return Promise.reject(fault);
    return Promise.resolve({
      ...{ name, inputs: [], outputs: [] },
      run: async (feeds) => {
        log.push(`run ${name}`);
        const broken = faults.run.shift();
        await faults.hold;
        if (broken !== undefined) throw broken;
        return { y: feeds['x']! };
      },
      dispose: () => {
        log.push(`close ${name}`);
        return Promise.resolve();
      },
    });
  };
  const lazy = new LazyGraphs(descriptions, { provider: 'cuda', elsewhere: 'cpu', open, ...changes });
  const run = (name: GraphName, count = 1) => lazy.graphs[name]!.run(rows(count));
  return { lazy, log, faults, run, opened: () => lazy.open.map(({ name }) => name) };
}

describe('LazyGraphs', () => {
  test('says what a graph takes before it is opened, opens it when it is run, and once', async () => {
    const { lazy, log, run, opened } = device();
    expect(lazy.graphs.encoder!.inputs).toEqual(descriptions[1]!.inputs);
    expect([log, opened()]).toEqual([[], []]);
    await Promise.all([run('encoder'), run('encoder')]);
    await run('encoder');
    expect(log).toEqual(['open encoder on cuda', 'run encoder', 'run encoder', 'run encoder']);
    expect(lazy.open).toEqual([{ name: 'encoder', provider: 'cuda', reason: null }]);
  });

  test('opens those that nobody has asked for yet one by one, and nobody waits for them', async () => {
    const { lazy, log, run, faults, opened } = device();
    await run('encoder');
    expect(await lazy.openAnother()).toBe(true);
    expect([opened(), lazy.isWaitedFor]).toEqual([['encoder', 'decoder'], false]);
    faults.open.push(new Error('no kernel'), new Error('none here either'));
    expect(await lazy.openAnother()).toBe(false);
    // The job that needs it tries again.
    await run('lm');
    expect(await lazy.openAnother()).toBe(false);
    expect(log.filter((line) => line.startsWith('open'))).toEqual(
      ['encoder on cuda', 'decoder on cuda', 'lm on cuda', 'lm on cpu', 'lm on cuda'].map((line) => `open ${line}`),
    );
  });

  test('a job that needs the one being opened ahead waits for that', async () => {
    const { lazy, log, run } = device();
    const ahead = lazy.openAnother();
    await Promise.all([run('decoder'), ahead]);
    expect(log).toEqual(['open decoder on cuda', 'run decoder']);
  });

  test('tells while somebody waits for one', async () => {
    const { lazy, run } = device();
    const told: boolean[] = [];
    const running = run('encoder');
    expect(lazy.isWaitedFor).toBe(true);
    await lazy.changed().then(() => told.push(lazy.isWaitedFor));
    await running;
    expect(told).toEqual([false]);
    const again = run('encoder');
    expect(lazy.isWaitedFor).toBe(false);
    await again;
  });

  test('what was closed is opened again when it is needed', async () => {
    const { lazy, log, run, opened } = device();
    await run('decoder');
    await lazy.graphs.decoder!.dispose();
    expect(opened()).toEqual([]);
    await run('decoder');
    expect(log.filter((line) => line.startsWith('open'))).toHaveLength(2);
  });

  test('one that is closed while it is being opened does not stay open', async () => {
    const { lazy, log, run, opened } = device();
    const running = run('decoder').catch(() => undefined);
    await lazy.graphs.decoder!.dispose();
    await running;
    expect(opened()).toEqual([]);
    expect(log).toContain('close decoder');
  });

  test('one the provider cannot open is opened elsewhere, and says why; the others stay', async () => {
    const { lazy, faults, run } = device();
    await run('decoder');
    faults.open.push(new Error('Op Foo is not implemented'));
    await run('lm');
    expect(lazy.open).toEqual([
      { name: 'decoder', provider: 'cuda', reason: null },
      { name: 'lm', provider: 'cpu', reason: 'cuda cannot open it: Op Foo is not implemented' },
    ]);
  });

  test('where nothing else may be taken that is an error with a way out, and the next run tries again', async () => {
    const { faults, run, opened } = device({ elsewhere: null });
    faults.open.push(new Error('Op Foo is not implemented'));
    await expect(run('lm')).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'The model’s lm graph cannot be opened on cuda.',
      detail: 'cuda cannot open it: Op Foo is not implemented',
    });
    await run('lm');
    expect(opened()).toEqual(['lm']);
  });

  test('a damaged file is damaged everywhere', async () => {
    const { log, faults, run } = device();
    faults.open.push(new StudioError('pack-damaged', 'broken', 'mend it'));
    await expect(run('lm')).rejects.toMatchObject({ code: 'pack-damaged' });
    expect(log).toEqual(['open lm on cuda']);
  });

  test('one that does not fit beside the others takes their place; where nothing can be closed it goes elsewhere', async () => {
    const { log, faults, run, opened } = device();
    await run('decoder');
    await run('encoder');
    faults.open.push(outOfMemory);
    await run('lm');
    expect(opened()).toEqual(['lm']);
    expect(log.slice(-5)).toEqual(['open lm on cuda', 'close decoder', 'close encoder', 'open lm on cuda', 'run lm']);
    const alone = device();
    alone.faults.open.push(outOfMemory);
    await alone.run('lm');
    expect(alone.lazy.open).toMatchObject([{ name: 'lm', provider: 'cpu' }]);
  });

  test('what runs is not closed for another', async () => {
    const { lazy, faults, run } = device();
    await run('decoder');
    let finish = (): void => undefined;
    faults.hold = new Promise((resolve) => (finish = resolve));
    const running = run('decoder');
    faults.hold = undefined;
    faults.open.push(outOfMemory);
    await run('lm');
    expect(lazy.open).toMatchObject([
      { name: 'decoder', provider: 'cuda' },
      { name: 'lm', provider: 'cpu' },
    ]);
    finish();
    await running;
  });

  test('a single row that does not fit has the others closed and runs again; several are divided first', async () => {
    const { log, faults, run, opened } = device();
    await run('encoder');
    await run('decoder');
    faults.run.push(outOfMemory);
    await expect(run('decoder', 4)).rejects.toBe(outOfMemory);
    expect(opened()).toEqual(['encoder', 'decoder']);
    faults.run.push(outOfMemory);
    await run('decoder', 1);
    expect(opened()).toEqual(['decoder']);
    expect(log.slice(-3)).toEqual(['run decoder', 'close encoder', 'run decoder']);
    // Nothing more can be closed.
    faults.run.push(outOfMemory);
    await expect(run('decoder', 1)).rejects.toBe(outOfMemory);
    // The language model's batch cannot be divided.
    await run('lm');
    faults.run.push(outOfMemory);
    await run('lm', 4);
    expect(opened()).toEqual(['lm']);
  });

  test('what is begun is opened on the provider or not at all', async () => {
    const { lazy, log, faults } = device();
    faults.open.push(new Error('No adapter'));
    await expect(lazy.begin('decoder')).rejects.toThrow('No adapter');
    await lazy.begin('decoder');
    await lazy.graphs.decoder!.run(rows(1));
    expect(log).toEqual(['open decoder on cuda', 'open decoder on cuda', 'run decoder']);
  });
});
