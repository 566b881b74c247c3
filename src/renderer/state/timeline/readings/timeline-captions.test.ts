import { beforeEach, describe, expect, it } from 'vitest';
import { FakeJobs } from '../../../../../tests/fakes/window/fake-jobs.js';
import { CaptionsState, readersOf } from './timeline-captions.svelte.js';

class CaptionJobs extends FakeJobs {
  get asked(): number[] {
    const { request } = this.last;
    return request.kind === 'captions' ? request.positions! : [];
  }

  /** The first `count` of what the last job was asked for. */
  answer(count: number): void {
    this.asked.slice(0, count).forEach((t, index) =>
      this.say({
        type: 'caption',
        caption: { index, t, words: [{ text: `at ${t}`, probability: 0.5 }], confidence: 0.5 },
      }),
    );
  }

  done(): void {
    this.say({ type: 'done', result: { kind: 'captions', positions: 0 }, elapsedMs: 1 });
  }
}

const times = Array.from({ length: 21 }, (_, index) => index / 20);
const pictures = { key: 'a', source: { imageId: 'i' }, seed: 1, times };
const settled = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
let jobs: CaptionJobs;
let state: CaptionsState;

beforeEach(() => {
  jobs = new CaptionJobs();
  state = new CaptionsState(jobs);
});

describe('CaptionsState', () => {
  it('begins at the cursor, goes outwards, and shows each caption as it comes', async () => {
    state.look(0.5);
    state.show(pictures);
    await settled();
    expect(jobs.asked).toHaveLength(21);
    expect(jobs.asked.slice(0, 5).toSorted()).toEqual([0.4, 0.45, 0.5, 0.55, 0.6]);
    expect(jobs.asked[0]).toBe(0.5);
    jobs.answer(1);
    expect(state.at(0.5)).toMatchObject({ t: 0.5, words: [{ text: 'at 0.5' }] });
    expect(state.at(0.45)).toBeNull();
    expect(state.status).toEqual({ kind: 'computing', done: 1, total: 21 });
  });

  it('writes nothing twice: a content that comes back is there at once', async () => {
    state.show(pictures);
    await settled();
    jobs.answer(21);
    jobs.done();
    await settled();
    expect(state.status.kind).toBe('ready');
    state.show({ ...pictures, key: 'b' });
    await settled();
    expect(state.captions).toEqual([]);
    state.show({ ...pictures });
    expect(state.status.kind).toBe('ready');
    expect(state.captions).toHaveLength(21);
    expect(jobs.jobs).toHaveLength(2);
    expect(jobs.cancelled).toHaveLength(1);
  });

  it('another noise is another content', async () => {
    state.show(pictures);
    await settled();
    jobs.answer(21);
    state.show({ ...pictures, seed: 2 });
    expect(state.captions).toEqual([]);
  });

  it('turns to a cursor that rests far away, without losing what is there', async () => {
    state.look(0);
    state.show(pictures);
    await settled();
    jobs.answer(2);
    state.look(1);
    await settled(200);
    expect(jobs.jobs).toHaveLength(2);
    expect(jobs.asked[0]).toBe(1);
    expect(jobs.asked).toHaveLength(19);
    expect(state.captions).toHaveLength(2);
  });

  it('stays with its order for a cursor that is served soon anyhow', async () => {
    state.look(0);
    state.show(pictures);
    await settled();
    jobs.answer(1);
    state.look(0.1);
    await settled(200);
    expect(jobs.jobs).toHaveLength(1);
  });

  it('gives way to what a person asked for, and goes on with the rest', async () => {
    state.show(pictures);
    await settled();
    jobs.answer(3);
    state.hold(true);
    expect(state.status.kind).toBe('held');
    await settled();
    expect(jobs.cancelled).toHaveLength(1);
    state.hold(false);
    await settled();
    expect(jobs.asked).toHaveLength(18);
  });

  it('stops when told to, goes on when told to, and says what failed', async () => {
    state.show(pictures);
    await settled();
    jobs.answer(3);
    state.cancel();
    expect(state.status.kind).toBe('stopped');
    expect(state.captions).toHaveLength(3);
    state.resume();
    await settled();
    expect(jobs.asked).toHaveLength(18);
    const error = { code: 'engine-failed', message: 'no', remedy: 'again' } as const;
    jobs.say({ type: 'failed', error });
    await settled();
    expect(state.status).toMatchObject({ kind: 'failed', error });
    state.show(null);
    expect(state).toMatchObject({ captions: [], status: { kind: 'idle' } });
  });

  it('late captions of a job that was stopped change nothing', async () => {
    state.show(pictures);
    await settled();
    const old = jobs.last;
    state.show(null);
    jobs.say({ type: 'caption', caption: { index: 0, t: 0, words: [], confidence: 1 } }, old);
    expect(state.captions).toEqual([]);
  });
});

describe('readers', () => {
  const templates = { caption: ['begin'] };
  const manifest = (described: object | undefined) =>
    ({ languageModel: described && { templates: described } }) as unknown as Parameters<typeof readersOf>[0];

  it('a probe counts where it read something, a language model where it can describe', () => {
    const both = manifest(templates);
    expect(readersOf(both, [{}, { reading: {} }])).toEqual(['probe', 'language-model']);
    expect(readersOf(both, [{}])).toEqual(['language-model']);
    expect(readersOf(manifest({}), [{}])).toEqual([]);
    expect(readersOf(manifest(undefined), [{ reading: {} }])).toEqual(['probe']);
  });

  it('the probe is the usual one; what was chosen holds where it can', () => {
    expect(state.chosen(['probe', 'language-model'])).toBe('probe');
    state.prefer('language-model');
    expect(state.chosen(['probe', 'language-model'])).toBe('language-model');
    expect(state.chosen(['probe'])).toBe('probe');
    expect(state.chosen([])).toBeNull();
  });
});
