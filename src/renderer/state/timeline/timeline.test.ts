import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame, TokenSequence } from '../../../shared/document/document.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { FakeJobs } from '../../../../tests/fakes/window/fake-jobs.js';
import { TimelineState } from './timeline.svelte.js';

const pack = {
  id: 'p@1',
  directory: '',
  bytes: 0,
  manifest: {
    name: 'p',
    version: '1',
    image: { width: 8, height: 4 },
    tokens: { count: 4, schedule: { kind: 'power', exponent: 1 } },
    graphs: { encoder: 'encoder.onnx', decoder: 'decoder.onnx' },
  },
} as unknown as PackSummary;

function frame(id: string, tokens: TokenSequence | null): Frame {
  return { id, imageId: id.repeat(64), tokens } as Frame;
}

const own: TokenSequence = { pack: 'p@1', codes: [1, 2, 3, 4] };

class TimelineJobs extends FakeJobs {
  /** The positions the last job was asked for, the first `count` of them answered. */
  answer(count = Infinity): number[] {
    const { request } = this.last;
    if (request.kind !== 'timeline') throw new Error(`Not a timeline: ${request.kind}`);
    const asked = request.positions!;
    const image = { width: 8, height: 4, data: new Uint8Array(128) };
    asked.slice(0, count).forEach((t, index) =>
      this.say({
        type: 'position',
        position: {
          index,
          t,
          visibleTokens: Math.ceil(4 * t),
          noised: image,
          alone: image,
          restored: image,
          shares: { background: 1, layout: t, colour: t, shape: t, texture: t },
        },
      }),
    );
    return asked;
  }

  done(): void {
    this.say({ type: 'done', result: { kind: 'timeline', positions: 1 }, elapsedMs: 1 });
  }
}

let jobs: TimelineJobs;
let closed: number;
let state: TimelineState;

beforeEach(() => {
  vi.useFakeTimers();
  jobs = new TimelineJobs();
  closed = 0;
  state = new TimelineState(
    jobs,
    async ({ width, height }) => ({ width, height, close: () => void closed++ }) as unknown as ImageBitmap,
  );
  state.lookClosely(true);
});

const settle = () => vi.advanceTimersByTimeAsync(200);

describe('TimelineState', () => {
  it('computes a frame with own tokens from its codes, the position under the cursor first', async () => {
    state.show(frame('a', own), pack);
    state.seek(0.75);
    await settle();
    expect(jobs.last.request).toMatchObject({
      kind: 'timeline',
      source: { pack: 'p@1', codes: [1, 2, 3, 4] },
      seed: 1,
    });
    const asked = jobs.answer();
    expect(asked[0]).toBe(0.75);
    await settle();
    expect(state.positions.map(({ t }) => t)).toEqual([...asked].sort((a, b) => a - b));
    jobs.done();
    await settle();
    expect(state.status).toEqual({ kind: 'ready' });
    expect(state.shown?.t).toBe(0.75);
    expect(state.shown?.shares?.layout).toBe(0.75);
    expect(jobs.jobs).toHaveLength(1);
  });

  it('reads an image of another pack into tokens first, and keeps its own pixels as x_0', async () => {
    state.show(frame('b', { pack: 'other@2', codes: [9] }), pack);
    await settle();
    expect(state.status.kind).toBe('reading');
    const read = jobs.last;
    expect(read.request).toEqual({ kind: 'encode', source: { imageId: 'b'.repeat(64) } });
    read.receive({
      jobId: read.id,
      type: 'done',
      result: { kind: 'encode', pack: 'p@1', codes: [5, 6, 7, 8] },
      elapsedMs: 1,
    });
    await settle();
    expect(state.codes).toEqual([5, 6, 7, 8]);
    expect(jobs.last.request).toMatchObject({ kind: 'timeline', source: { imageId: 'b'.repeat(64) } });
  });

  it('goes where the tokens add most, stays where a person went, and starts every picture anew', async () => {
    const grey = (value: number) => ({ width: 1, height: 1, data: Uint8Array.of(value, value, value, 255) });
    const computed = async (id: string, most: number) => {
      state.show(frame(id, own), pack);
      await settle();
      const { request } = jobs.last;
      if (request.kind !== 'timeline') throw new Error(request.kind);
      request.positions!.forEach((t, index) =>
        jobs.say({
          type: 'position',
          position: {
            index,
            t,
            visibleTokens: Math.ceil(4 * t),
            noised: grey(0),
            alone: grey(0),
            restored: grey(t === most ? 200 : 10),
          },
        }),
      );
      return async () => {
        jobs.done();
        await settle();
      };
    };
    await (
      await computed('a', 0.75)
    )();
    expect(state.t).toBe(0.75);
    const finish = await computed('b', 0.5);
    expect(state.t).toBe(0.75);
    state.seek(0);
    await finish();
    expect(state.t).toBe(0);
    state.show(frame('c', own), pack);
    expect(state.t).toBe(0.5);
    state.show(frame('a', own), pack);
    expect(state.t).toBe(0.75);
  });

  it('cancels when the selection changes, shows what is cached on return, and asks only for the rest', async () => {
    state.show(frame('a', own), pack);
    await settle();
    const asked = jobs.answer(3);
    await settle();
    state.show(frame('c', { ...own, codes: [4, 4, 4, 4] }), pack);
    expect(jobs.cancelled).toHaveLength(1);
    expect(state.positions).toEqual([]);
    await settle();
    state.show(frame('a', own), pack);
    expect(state.positions).toHaveLength(3);
    await settle();
    const rest = jobs.answer(0);
    expect([...rest, ...asked.slice(0, 3)].sort()).toEqual([...asked].sort());
  });

  it('begins anew where the cursor comes to rest, when that would have come last', async () => {
    state.show(frame('a', own), pack);
    state.seek(0.75);
    await settle();
    const asked = jobs.answer(2);
    await settle();
    const [second, last] = [asked[1]!, asked.at(-1)!];
    state.seek(second);
    await settle();
    expect(jobs.jobs).toHaveLength(1);
    state.seek(0.5);
    state.seek(last);
    await settle();
    expect(jobs.cancelled).toHaveLength(1);
    expect(jobs.jobs).toHaveLength(2);
    expect(state.status).toEqual({ kind: 'computing', done: 2, total: asked.length });
    const again = jobs.answer();
    expect(again[0]).toBe(last);
    expect([...again].sort()).toEqual(asked.slice(2).sort());
  });

  it('drops pictures that arrive for a frame nobody looks at', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer(1);
    state.show(null, pack);
    await settle();
    expect(state.positions).toEqual([]);
    expect(closed).toBe(3);
    expect(state.status).toEqual({ kind: 'empty', reason: 'nothing-selected' });
  });

  it('computes nothing twice: a second visit and a moved frame start no job', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer();
    jobs.done();
    await settle();
    state.show({ ...frame('a', own), x: 40 }, pack);
    state.show(null, pack);
    state.show({ ...frame('z', own), imageId: frame('a', own).imageId }, pack);
    await settle();
    expect(state.status.kind).toBe('ready');
    expect(jobs.jobs).toHaveLength(1);
  });

  it('starts one job for a run through many frames', async () => {
    for (const code of [1, 2, 3, 4]) state.show(frame('a', { ...own, codes: [code, 0, 0, 0] }), pack);
    await settle();
    expect(jobs.jobs).toHaveLength(1);
  });

  it('uses new noise for another seed and keeps the pictures of the old one', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer();
    jobs.done();
    await settle();
    state.setSeed(9);
    await settle();
    expect(jobs.last.request).toMatchObject({ seed: 9 });
    expect(state.positions).toEqual([]);
    state.setSeed(1);
    expect(state.status.kind).toBe('ready');
    expect(state.positions.length).toBeGreaterThan(0);
  });

  it('says what failed, and continues from there on request', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer(2);
    jobs.last.fail({ code: 'engine-stopped', message: 'It ended.', remedy: 'Again.' });
    await settle();
    expect(state.status).toMatchObject({ kind: 'failed', error: { code: 'engine-stopped' } });
    expect(state.positions).toHaveLength(2);
    state.resume();
    await settle();
    jobs.answer();
    jobs.done();
    await settle();
    expect(state.status.kind).toBe('ready');
  });

  it('asks for nothing when everything arrived before it was stopped', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer();
    await settle();
    state.cancel();
    state.resume();
    await settle();
    expect(state.status.kind).toBe('ready');
    expect(jobs.jobs).toHaveLength(1);
  });

  it('makes way for other jobs and goes on after them, without asking for anything twice', async () => {
    state.show(frame('a', own), pack);
    await settle();
    const asked = jobs.answer(2);
    await settle();
    state.hold(true);
    expect(state.status.kind).toBe('held');
    expect(jobs.cancelled).toHaveLength(1);
    state.show(frame('b', { ...own, codes: [9, 9, 9, 9] }), pack);
    state.show(frame('a', own), pack);
    await settle();
    expect(jobs.jobs).toHaveLength(1);
    state.hold(false);
    await settle();
    expect(jobs.answer(0)).toHaveLength(asked.length - 2);
  });

  it('stops on request and leaves what is there', async () => {
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer(2);
    await settle();
    state.cancel();
    expect(state.status.kind).toBe('stopped');
    expect(jobs.cancelled).toHaveLength(1);
    expect(state.positions).toHaveLength(2);
  });

  it.each([
    ['no-pack', null],
    ['no-decoder', { ...pack, manifest: { ...pack.manifest, graphs: { encoder: 'e' } } }],
    ['no-encoder', { ...pack, manifest: { ...pack.manifest, graphs: { decoder: 'd' } } }],
  ])('says why there is nothing to show: %s', (reason, used) => {
    state.show(frame('a', null), used as PackSummary | null);
    expect(state.status).toEqual({ kind: 'empty', reason });
  });

  it('computes an overview where nobody looks closely, and the rest once somebody does', async () => {
    state.lookClosely(false);
    state.show(frame('a', own), pack);
    await settle();
    const overview = jobs.answer();
    expect(overview).toHaveLength(12);
    expect(overview).toEqual(expect.arrayContaining([0, 1]));
    jobs.done();
    await settle();
    expect(state.status).toEqual({ kind: 'overview' });
    // Another frame and back: nothing is computed again.
    state.show(frame('c', { ...own, codes: [4, 4, 4, 4] }), pack);
    state.show(frame('a', own), pack);
    expect(state.status).toEqual({ kind: 'overview' });
    expect(jobs.jobs).toHaveLength(1);
    state.seek(0.4);
    await settle();
    const rest = jobs.answer();
    expect(rest.filter((t) => overview.includes(t))).toEqual([]);
    jobs.done();
    await settle();
    expect(state.status).toEqual({ kind: 'ready' });
    // Of the next picture an overview does again.
    state.show(frame('c', { ...own, codes: [4, 4, 4, 4] }), pack);
    await settle();
    expect(jobs.answer()).toHaveLength(12);
  });

  it.each([
    ['moves t', () => state.seek(0.2)],
    ['takes it out of the studio', () => state.wantAll()],
    ['turns to Explore', () => state.lookClosely(true)],
  ])('goes on behind the overview when somebody %s meanwhile', async (_, want) => {
    state.lookClosely(false);
    state.show(frame('a', own), pack);
    await settle();
    jobs.answer();
    want();
    jobs.done();
    await settle();
    jobs.answer();
    jobs.done();
    await settle();
    expect(state.status).toEqual({ kind: 'ready' });
  });

  it('steps and jumps by tokens', () => {
    state.show(frame('a', own), pack);
    state.seek(1);
    expect([state.t, state.visible]).toEqual([1, 4]);
    state.step(-1);
    expect([state.t, state.visible]).toEqual([0.75, 3]);
    state.seekToken(0);
    expect([state.t, state.visible]).toEqual([0.25, 1]);
    state.step(-3);
    expect([state.t, state.visible]).toEqual([0, 0]);
    state.seek(7);
    expect(state.t).toBe(1);
  });
});
