import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../../shared/document/document.js';
import { FakeJobs } from '../../../../../tests/fakes/window/fake-jobs.js';
import { trialFrame, TrialState, type Trial } from './timeline-trial.svelte.js';

const trial: Trial = {
  frameId: 'f',
  pack: 'p@1',
  codes: [1, 2, 3],
  own: [1, 2, 9],
  label: 'V₁ swapped',
  seed: 4,
  steps: 16,
  tokenGuidance: 1,
};
const image = { imageId: 'a'.repeat(64), width: 8, height: 8 };
let jobs: FakeJobs;
const done = () => jobs.say({ type: 'done', result: { kind: 'decode', image }, elapsedMs: 1 }, jobs.jobs[0]);
const settle = () => vi.advanceTimersByTimeAsync(100);
let state: TrialState;

beforeEach(() => {
  vi.useFakeTimers();
  jobs = new FakeJobs();
  state = new TrialState(jobs);
});

describe('TrialState', () => {
  it('decodes what is proposed from pure noise, with all its tokens', async () => {
    state.propose(trial);
    await settle();
    expect(jobs.jobs[0]!.request).toEqual({
      kind: 'decode',
      pack: 'p@1',
      codes: [1, 2, 3],
      t: 1,
      keepFrom: 0,
      steps: 16,
      seed: 4,
      tokenGuidance: 1,
    });
    done();
    await settle();
    expect(state.status).toEqual({ kind: 'ready', image });
    expect(state.shown).toEqual(image);
  });

  it('is compared with the own tokens from the same noise, seed and steps, drawn once for all trials', async () => {
    state.propose(trial);
    await settle();
    done();
    await settle();
    const [tried, own] = jobs.jobs.map(({ request }) => request);
    expect(own).toEqual({ ...tried, codes: trial.own });
    const ownImage = { ...image, imageId: 'b'.repeat(64) };
    jobs.say({ type: 'done', result: { kind: 'decode', image: ownImage }, elapsedMs: 1 }, jobs.jobs[1]);
    await settle();
    expect(state.own).toEqual(ownImage);
    state.propose({ ...trial, codes: [7, 7, 7] });
    await settle();
    jobs.say({ type: 'done', result: { kind: 'decode', image }, elapsedMs: 1 }, jobs.jobs[2]);
    await settle();
    expect(jobs.jobs).toHaveLength(3);
    expect(state.own).toEqual(ownImage);
    state.propose({ ...trial, seed: 5 });
    expect(state.own).toBeNull();
  });

  it('a drag starts one job, and the last proposal wins over one under way', async () => {
    for (const code of [5, 6, 7]) state.propose({ ...trial, codes: [code, 2, 3] });
    await settle();
    expect(jobs.jobs).toHaveLength(1);
    state.propose({ ...trial, codes: [8, 2, 3] });
    await settle();
    expect(jobs.jobs[0]!.stage).toBe('cancelled');
    expect(jobs.jobs[1]!.request).toMatchObject({ codes: [8, 2, 3] });
    expect(state.status).toEqual({ kind: 'decoding' });
  });

  it('reverting leaves nothing behind, whatever arrives later', async () => {
    state.propose(trial);
    await settle();
    state.revert();
    done();
    await settle();
    expect([state.trial, state.status, state.shown]).toEqual([null, null, null]);
  });

  it('says what failed and stays revertible', async () => {
    state.propose(trial);
    await settle();
    jobs.jobs[0]!.fail({ code: 'engine-stopped', message: 'It ended.', remedy: 'Again.' });
    await settle();
    expect(state.status).toMatchObject({ kind: 'failed' });
  });
});

it('a kept trial records its tokens and both parents', () => {
  const parent = { id: 'f', name: 'a tree' } as Frame;
  const transplant = { donorId: 'd', from: 1, to: 2 };
  expect(trialFrame(parent, { ...trial, transplant }, image, { x: 0, y: 0 })).toMatchObject({
    name: 'a tree, V₁ swapped',
    tokens: { pack: 'p@1', codes: [1, 2, 3] },
    origin: { kind: 'decoded', parentId: 'f', t: 1, transplant },
  });
  expect(trialFrame(parent, trial, image, { x: 0, y: 0 }).origin).not.toHaveProperty('transplant');
});
