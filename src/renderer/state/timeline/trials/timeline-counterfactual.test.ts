import { beforeEach, expect, it } from 'vitest';
import { FakeJobs } from '../../../../../tests/fakes/window/fake-jobs.js';
import {
  counterfactualCells,
  CounterfactualState,
  decodingOrder,
  type CounterfactualPair,
} from './timeline-counterfactual.svelte.js';

const pair: CounterfactualPair = {
  frameId: 'a',
  donorId: 'b',
  pack: 'p@1',
  codes: Array.from({ length: 16 }, (_, index) => index),
  donorCodes: Array.from({ length: 16 }, (_, index) => 100 + index),
  seed: 1,
  steps: 4,
  tokenGuidance: 1,
};
let jobs: FakeJobs;
const settle = () => new Promise((resolve) => setTimeout(resolve));
/** Answers jobs as they come; returns how many. */
async function answer(most = Infinity): Promise<number> {
  let answered = 0;
  for (; answered < most; answered++) {
    await settle();
    const job = jobs.jobs.at(-1);
    if (job === undefined || !job.active) return answered;
    const image = { imageId: `${job.id}`, width: 8, height: 8 };
    jobs.say({ type: 'done', result: { kind: 'decode', image }, elapsedMs: 1 });
  }
  await settle();
  return answered;
}
let state: CounterfactualState;
beforeEach(() => {
  jobs = new FakeJobs();
  state = new CounterfactualState(jobs);
});

it('goes from one frame to the other in eight steps, from both ends', () => {
  const [coarse, fine] = counterfactualCells(pair);
  for (const row of [coarse!, fine!]) {
    expect(row).toHaveLength(9);
    expect(row[0]!.codes).toEqual(pair.codes);
    expect(row[8]!.codes).toEqual(pair.donorCodes);
    expect(row.map(({ replaced }) => replaced)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
  }
  expect(coarse![1]!.range).toEqual({ from: 14, to: 15 });
  expect(fine![1]!.range).toEqual({ from: 0, to: 1 });
  expect(coarse![0]!.range).toBeNull();
});

it('decodes both ends first, and nothing twice', async () => {
  const order = decodingOrder(counterfactualCells(pair)).map(({ step }) => step);
  expect(order.slice(0, 4)).toEqual([0, 0, 8, 8]);
  void state.open(pair);
  // Nine steps a row, the two ends shared.
  expect(await answer()).toBe(16);
  expect(state.status.kind).toBe('ready');
  expect(state.rows.flat().every((cell) => state.imageOf(cell) !== null)).toBe(true);
  expect(state.imageOf(state.rows[0]![0]!)).toEqual(state.imageOf(state.rows[1]![0]!));
});

it('records both parents and the tokens taken', () => {
  void state.open(pair);
  expect(state.trialOf(state.rows[1]![3]!, 'x')).toMatchObject({
    frameId: 'a',
    transplant: { donorId: 'b', from: 0, to: 5 },
    label: 'x',
  });
  expect(state.trialOf(state.rows[1]![0]!).transplant).toBeUndefined();
});

it('stops where it is told, goes on with the rest, and forgets all when closed', async () => {
  void state.open(pair);
  await answer(5);
  state.stop();
  await settle();
  expect(state.status.kind).toBe('stopped');
  const before = jobs.jobs.length;
  void state.resume();
  expect(await answer()).toBe(11);
  expect(jobs.jobs.length).toBe(before + 11);
  state.close();
  expect(state.pair).toBeNull();
  expect(state.rows).toEqual([]);
});

it('says what failed and keeps what was decoded', async () => {
  void state.open(pair);
  await answer(2);
  jobs.last.fail({ code: 'engine-stopped', message: 'It stopped.', remedy: 'Again.' });
  await settle();
  expect(state.status).toMatchObject({ kind: 'failed', error: { code: 'engine-stopped' } });
  void state.resume();
  expect(await answer()).toBe(14);
});
