/** Whatever is done to a queue in whatever order, a model of what a person expects agrees with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as machine from './queue-machine.js';
import { changeBetween, imagesOfEntry, withChange, type Queue, type QueueEntry, type QueuedResult } from './queue.js';
import { runs } from '../../../tests/property-runs.js';

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

function draft(id: string): Omit<QueueEntry, 'state'> {
  return {
    id,
    request: { kind: 'generate', prompt: id, seed: 1, variations: 2, settings },
    purpose: { kind: 'frames', title: id, places: [] },
    addedAt: '2026-01-01T00:00:00Z',
  };
}

function result(...seeds: number[]): QueuedResult {
  const images = seeds.map((seed) => ({
    imageId: String(seed).repeat(64).slice(0, 64),
    ...{ width: 1, height: 1, seed, codes: [], certainty: [] },
  }));
  return { kind: 'generate', pack: 'p@1', images };
}

const error = { code: 'engine-failed', message: 'm', remedy: 'r' } as const;

/** What a person would write on paper: who stands where, and in which state. */
interface Model {
  waiting: string[];
  running: string | null;
  ended: Map<string, 'done' | 'failed'>;
  next: number;
}

class Real {
  queue: Queue = machine.emptyQueue;
  window: Queue = machine.emptyQueue;

  /** The change must reach the window, and leave every entry it is not about as it was. */
  apply(next: Queue, touched: readonly string[]): void {
    for (const entry of this.queue) {
      if (touched.includes(entry.id)) continue;
      expect(next).toContain(entry);
    }
    const change = changeBetween(this.queue, next);
    if (change !== null) this.window = withChange(this.window, change);
    this.queue = next;
    expect(this.window).toEqual(this.queue);
  }
}

type Command = fc.Command<Model, Real>;

function agree(model: Model, { queue }: Real): void {
  const inState = (state: QueueEntry['state']) => queue.filter((one) => one.state === state).map(({ id }) => id);
  expect(inState('waiting')).toEqual(model.waiting);
  expect(inState('running')).toEqual(model.running === null ? [] : [model.running]);
  const ended = [...model.ended].sort().map(([id, state]) => `${id} ${state}`);
  const found = queue.filter((one) => !machine.isActive(one)).map(({ id, state }) => `${id} ${state}`);
  expect(found.sort()).toEqual(ended);
  expect(machine.nextOf(queue)?.id ?? null).toBe(model.running === null ? (model.waiting[0] ?? null) : null);
}

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      run(model, real);
      agree(model, real);
    },
    toString: () => name,
  };
}

const someSeeds: number[][] = [[1], [2], [1, 2], [9]];

/** Any id that has ever been given: also of jobs that are long gone. */
const pick = (model: Model, at: number): string => `j${model.next === 0 ? 0 : at % model.next}`;

const commands = [
  fc.constant(
    command('add', (model, real) => {
      const id = `j${model.next++}`;
      model.waiting.push(id);
      real.apply(machine.added(real.queue, draft(id)), [id]);
    }),
  ),
  fc.constant(
    command('start the next', (model, real) => {
      const next = machine.nextOf(real.queue);
      if (next === null) return;
      model.running = model.waiting.shift()!;
      real.apply(machine.started(real.queue, next.id), [next.id]);
    }),
  ),
  fc.boolean().map((well) =>
    command(well ? 'finish' : 'fail', (model, real) => {
      const id = model.running;
      if (id === null) return;
      model.running = null;
      model.ended.set(id, well ? 'done' : 'failed');
      const next = well ? machine.finished(real.queue, id, result(1, 2)) : machine.failed(real.queue, id, error);
      real.apply(next, [id]);
    }),
  ),
  fc.array(fc.nat(), { minLength: 1, maxLength: 4 }).map((ats) =>
    command(`cancel ${ats}`, (model, real) => {
      const ids = ats.map((at) => pick(model, at));
      model.waiting = model.waiting.filter((id) => !ids.includes(id));
      if (model.running !== null && ids.includes(model.running)) model.running = null;
      real.apply(machine.cancelled(real.queue, ids), ids);
    }),
  ),
  fc.tuple(fc.nat(), fc.option(fc.nat())).map(([at, beforeAt]) =>
    command(`move ${at} before ${beforeAt}`, (model, real) => {
      const id = pick(model, at);
      const before = beforeAt === null ? null : pick(model, beforeAt);
      const others = model.waiting.filter((one) => one !== id);
      const place = before === null ? others.length : others.indexOf(before);
      if (model.waiting.includes(id) && before !== id && place !== -1) {
        model.waiting = [...others.slice(0, place), id, ...others.slice(place)];
      }
      real.apply(machine.moved(real.queue, id, before), []);
    }),
  ),
  fc.nat().map((at) =>
    command(`retry ${at}`, (model, real) => {
      const id = pick(model, at);
      const newId = `j${model.next}`;
      if (model.ended.get(id) === 'failed') {
        model.ended.delete(id);
        model.waiting.push(newId);
        model.next++;
      }
      real.apply(machine.retried(real.queue, id, newId), [id]);
    }),
  ),
  fc.nat().map((at) =>
    command(`settle ${at}`, (model, real) => {
      const id = pick(model, at);
      model.ended.delete(id);
      real.apply(machine.settled(real.queue, [id]), [id]);
    }),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...someSeeds)).map(([at, seeds]) =>
    command(`discard ${seeds} of ${at}`, (model, real) => {
      const id = pick(model, at);
      const entry = real.queue.find((one) => one.id === id);
      const left: number[] =
        entry?.state === 'done' && 'images' in entry.result ? entry.result.images.map(({ seed }) => seed) : [];
      if (left.length > 0 && left.every((seed) => seeds.includes(seed))) model.ended.delete(id);
      real.apply(machine.withoutPictures(real.queue, id, seeds), [id]);
    }),
  ),
  fc.boolean().map((inOrder) =>
    command(inOrder ? 'end and start again' : 'crash and start again', (model, real) => {
      const { running } = model;
      model.running = null;
      if (running !== null && inOrder) model.waiting.unshift(running);
      if (running !== null && !inOrder) model.ended.set(running, 'failed');
      const next = inOrder ? machine.released(real.queue) : machine.interrupted(real.queue);
      real.apply(next, running === null ? [] : [running]);
    }),
  ),
];

describe('a queue', () => {
  it('does what its model does, and touches nothing else', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 40, size: '+1' }), (all) => {
        fc.modelRun(
          () => ({ model: { waiting: [], running: null, ended: new Map(), next: 0 }, real: new Real() }),
          all,
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it('of five loses the fifth alone when the fifth is cancelled, while the first runs', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].reduce((queue, id) => machine.added(queue, draft(id)), machine.emptyQueue);
    const running = machine.started(five, 'a');
    const after = machine.cancelled(running, ['e']);
    expect(after).toEqual(running.slice(0, 4));
    after.forEach((entry, index) => expect(entry).toBe(running[index]));
  });

  it('refuses one id twice', () => {
    const queue = machine.added(machine.emptyQueue, draft('a'));
    expect(() => machine.added(queue, draft('a'))).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it('knows every picture an entry needs or has brought', () => {
    const edit: QueueEntry = {
      ...draft('e'),
      request: {
        ...{ kind: 'edit', instruction: 'x', seed: 1, variations: 1, settings },
        source: { imageId: 'source' },
        base: { imageId: 'base', mask: { imageId: 'mask', grow: 0, feather: 0 } },
      },
      state: 'done',
      result: result(7),
    };
    expect(imagesOfEntry(edit).sort()).toEqual(['7'.repeat(64), 'base', 'mask', 'source']);
  });
});
