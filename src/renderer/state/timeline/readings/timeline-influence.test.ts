import { beforeEach, describe, expect, it } from 'vitest';
import { influenceMap } from '../../../../shared/tokens/influence.js';
import { FakeJobs } from '../../../../../tests/fakes/window/fake-jobs.js';
import { InfluenceState } from './timeline-influence.svelte.js';

class InfluenceJobs extends FakeJobs {
  get asked(): number[] {
    const { request } = this.last;
    return request.kind === 'ablate' ? request.groups!.map(({ from }) => from) : [];
  }

  /** The first `count` of what the last job was asked for. */
  answer(count: number): void {
    this.asked.slice(0, count).forEach((token, index) =>
      this.say({
        type: 'influence',
        influence: { index, from: token, to: token, map: influenceMap([1], 1, 1), total: 1, losses },
      }),
    );
  }

  done(): void {
    this.say({ type: 'done', result: { kind: 'ablate', groups: [] }, elapsedMs: 1 });
  }
}

const losses = { background: 0, layout: 0, colour: 0, shape: 0, texture: 0 };
const tokens = { pack: 'p@1', codes: [5, 6, 7, 8], seed: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));
let jobs: InfluenceJobs;
let state: InfluenceState;

beforeEach(() => {
  jobs = new InfluenceJobs();
  state = new InfluenceState(jobs);
});

describe('InfluenceState', () => {
  it('measures every token, shows each as it arrives, and never twice', async () => {
    state.show(tokens);
    await settled();
    expect(jobs.asked).toEqual([3, 2, 1, 0]);
    jobs.answer(1);
    expect(state.groups).toHaveLength(1);
    expect(state.status).toEqual({ kind: 'computing', done: 1, total: 4 });
    state.show({ ...tokens, codes: [...tokens.codes] });
    expect(jobs.jobs).toHaveLength(1);
    jobs.answer(4);
    jobs.done();
    await settled();
    expect(state.status.kind).toBe('ready');
    state.show(null);
    expect(state.groups).toEqual([]);
    state.show(tokens);
    expect(state.status.kind).toBe('ready');
    expect(jobs.jobs).toHaveLength(1);
  });

  it('asks only for the rest after a cancellation, and passes over what arrives late', async () => {
    state.show(tokens);
    await settled();
    jobs.answer(2);
    state.cancel();
    expect(state.status.kind).toBe('stopped');
    expect(jobs.cancelled).toHaveLength(1);
    jobs.answer(4);
    expect(state.groups).toHaveLength(2);
    state.resume();
    await settled();
    expect(jobs.asked).toEqual([1, 0]);
    expect(state.status).toMatchObject({ done: 2 });
  });

  it('makes way while held, and goes on afterwards', async () => {
    state.show(tokens);
    await settled();
    state.hold(true);
    expect(state.status.kind).toBe('held');
    await settled();
    state.show({ ...tokens, seed: 2 });
    expect(jobs.jobs).toHaveLength(1);
    state.hold(false);
    await settled();
    expect(jobs.last.request).toMatchObject({ seed: 2 });
  });

  it('says what failed', async () => {
    state.show(tokens);
    await settled();
    jobs.jobs[0]!.fail({ code: 'engine-stopped', message: 'It ended.', remedy: 'Again.' });
    await settled();
    expect(state.status).toMatchObject({ kind: 'failed', error: { code: 'engine-stopped' } });
    state.resume();
    await settled();
    expect(jobs.jobs).toHaveLength(2);
  });
});
