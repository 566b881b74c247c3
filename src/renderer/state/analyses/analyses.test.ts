import { beforeEach, expect, it } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { influenceMap } from '../../../shared/tokens/influence.js';
import { FakeJobs } from '../../../../tests/fakes/window/fake-jobs.js';
import { AnalysesState } from './analyses.svelte.js';

const settled = () => new Promise((resolve) => setTimeout(resolve));
const frame = { name: 'a', source: { imageId: 'f'.repeat(64) } };
const image = { width: 1, height: 1, data: new Uint8Array(4) };
const curve = { stride: 0, entropy: [1], surprisal: [2] };
let jobs: FakeJobs;
let state: AnalysesState;

beforeEach(() => {
  jobs = new FakeJobs();
  state = new AnalysesState(jobs);
});

it('entropy: the means as they arrive; without frames the model writes samples', async () => {
  const run = state.runEntropy([], 1000);
  await settled();
  expect(jobs.jobs[0]!.request).toMatchObject({ sources: [], strides: [0, 1, 2], samples: { count: 16, seed: 7 } });
  jobs.say({ type: 'progress', phase: 'analysing', done: 1, total: 16, elapsedMs: 1, remainingMs: null });
  jobs.say({ type: 'entropy', pictures: 1, curves: [curve] });
  expect(state.status).toEqual({ kind: 'running', analysis: 'entropy', done: 1, total: 16 });
  expect(state.entropy).toEqual({ pictures: 1, curves: [curve], codebookSize: 1000 });
  jobs.say({
    type: 'done',
    result: { kind: 'entropy', pictures: 1, codebookSize: 1000, curves: [curve] },
    elapsedMs: 1,
  });
  await run;
  expect(state.status).toEqual({ kind: 'idle' });
});

it('frames are read instead of samples', async () => {
  void state.runEntropy([frame], 1000);
  await settled();
  expect(jobs.jobs[0]!.request).toEqual({ kind: 'entropy', sources: [frame.source], strides: [0, 1, 2] });
});

it('stopped: what has arrived stays, and nothing more arrives', async () => {
  const run = state.runSpectrum(frame, 8);
  await settled();
  jobs.say({ type: 'spectrum', curve: { tokens: 1, power: [1] }, image });
  state.stop();
  await run;
  expect(state.status).toEqual({ kind: 'stopped', analysis: 'spectrum' });
  expect(state.spectrum?.decoded).toHaveLength(1);
});

it('a second analysis replaces the first one under way', async () => {
  void state.runSpectrum(frame, 8);
  await settled();
  const run = state.runSeeds(frame, 8);
  await settled();
  jobs.say({ type: 'seed-picture', picture: { seed: 7, image, agreement: null } });
  jobs.say({
    type: 'done',
    result: { kind: 'seeds', spread: influenceMap([1], 1, 1), meanSpread: 0.5, agreement: 20 },
    elapsedMs: 1,
  });
  await run;
  expect(state.status).toEqual({ kind: 'idle' });
  expect(state.seeds).toMatchObject({ name: 'a', meanSpread: 0.5, agreement: 20, pictures: [{ seed: 7 }] });
});

it('a failure says so and what to do', async () => {
  const run = state.runSeeds(frame, 8);
  await settled();
  jobs.say({ type: 'failed', error: new StudioError('engine-failed', 'It broke.', 'Try again.').serialise() });
  await run;
  expect(state.status).toMatchObject({ kind: 'failed', analysis: 'seeds', error: { remedy: 'Try again.' } });
});
