import { expect, it } from 'vitest';
import { BackgroundRun, type RunJob } from './background-run.js';
import { FakeJobs, type JobNews } from '../../../../tests/fakes/window/fake-jobs.js';

const request = { kind: 'encode', source: { imageId: 'a' } } as const;
const result: JobNews = { type: 'done', result: { kind: 'encode', pack: 'p', codes: [] }, elapsedMs: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));

function runOf() {
  const jobs = new FakeJobs();
  const heard: string[] = [];
  const run = new BackgroundRun(jobs);
  const work = async (job: RunJob) => void (await job(request, ({ type }) => heard.push(type)));
  return { jobs, heard, run, work };
}

it('ends as done, and hears what comes on the way', async () => {
  const { jobs, heard, run, work } = runOf();
  const end = run.start(work);
  await settled();
  expect(run.running).toBe(true);
  jobs.say({ type: 'text', text: 'a' });
  jobs.say(result);
  expect(await end).toEqual({ kind: 'done' });
  expect(heard).toEqual(['text', 'done']);
  expect(run.running).toBe(false);
});

it('stopped: its job is cancelled, nothing more is heard', async () => {
  const { jobs, heard, run, work } = runOf();
  const end = run.start(work);
  await settled();
  run.stop();
  jobs.say({ type: 'text', text: 'late' }, jobs.jobs[0]);
  expect(await end).toEqual({ kind: 'stopped' });
  expect([jobs.cancelled.length, heard]).toEqual([1, []]);
});

it('stopped while its job is still being handed over: that job is cancelled as soon as it is known, the next one goes on', async () => {
  const { jobs, heard, run, work } = runOf();
  const submit = jobs.submit;
  let handOver = (): void => {};
  jobs.submit = async (...asked) => {
    await new Promise<void>((resolve) => (handOver = resolve));
    return submit(...asked);
  };
  const first = run.start(work);
  run.stop();
  await settled();
  expect([jobs.jobs.length, run.running]).toEqual([0, true]);
  jobs.submit = submit;
  handOver();
  expect(await first).toEqual({ kind: 'stopped' });
  const second = run.start(work);
  await settled();
  jobs.say({ type: 'text', text: 'late' }, jobs.jobs[0]);
  jobs.say(result);
  expect(await second).toEqual({ kind: 'done' });
  expect([jobs.cancelled, heard]).toEqual([[jobs.jobs[0]], ['done']]);
});

it('another one takes its place: nobody is told how the first one ended', async () => {
  const { jobs, heard, run, work } = runOf();
  const first = run.start(work);
  await settled();
  const second = run.start(work);
  expect(await first).toBeNull();
  await settled();
  jobs.say(result);
  expect(await second).toEqual({ kind: 'done' });
  expect([jobs.cancelled, heard]).toEqual([[jobs.jobs[0]], ['done']]);
});

it('dropped: the same without another one', async () => {
  const { run, work } = runOf();
  const end = run.start(work);
  await settled();
  run.drop();
  expect([await end, run.running]).toEqual([null, false]);
});

it('a failure is told, a cancelled job is a stop, and work between jobs may notice the end', async () => {
  const { jobs, run, work } = runOf();
  const failing = run.start(work);
  await settled();
  jobs.say({ type: 'failed', error: { code: 'engine-failed', message: 'Broken.', remedy: 'Again.' } });
  expect(await failing).toMatchObject({ kind: 'failed', error: { message: 'Broken.' } });
  const cancelled = run.start(work);
  await settled();
  jobs.say({ type: 'cancelled' });
  expect(await cancelled).toEqual({ kind: 'stopped' });
  const waiting = run.start(async (_job, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
  run.stop();
  expect(await waiting).toEqual({ kind: 'stopped' });
});
