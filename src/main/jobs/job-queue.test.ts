import { describe, expect, test } from 'vitest';
import { cancelledError, StudioError } from '../../shared/errors.js';
import type { JobEvent } from '../../shared/contract/events.js';
import type { JobResult } from '../../shared/jobs/job-results.js';
import { JobQueue, type JobWork } from './job-queue.js';
import { ProgressEstimate, type PhaseHistory } from './progress-estimate.js';

const result: JobResult = { kind: 'describe', text: '' };

/** A queue, what its jobs told in order, and jobs that end when told to. */
function setUp() {
  const queue = new JobQueue();
  const told: string[] = [];
  const started: string[] = [];
  const finish = new Map<string, (error?: unknown) => void>();
  const submit = (client: object, name: string): string => {
    const work: JobWork = () =>
      new Promise((resolve, reject) => {
        started.push(name);
        finish.set(name, (error) => (error === undefined ? resolve(result) : reject(error)));
      });
    return queue.submit(client, 'describe', work, (event: JobEvent) => told.push(`${name} ${event.type}`));
  };
  const until = (name: string) => expect.poll(() => started).toContain(name);
  const idle = () => expect.poll(() => queue.counts).toEqual({ running: 0, waiting: 0 });
  return { queue, told, started, finish, submit, until, idle };
}

describe('JobQueue', () => {
  test('windows take turns', async () => {
    const { submit, started, finish, until, idle } = setUp();
    const [ada, bob] = [{}, {}];
    submit(ada, 'a1');
    submit(ada, 'a2');
    submit(ada, 'a3');
    submit(bob, 'b1');
    for (const name of ['a1', 'b1', 'a2', 'a3']) {
      await until(name);
      finish.get(name)!();
    }
    await idle();
    expect(started).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  test('a window has at most five hundred jobs waiting; closing it cancels each once, other windows keep theirs', async () => {
    const { queue, told, finish, submit, until, idle } = setUp();
    const [ada, bob] = [{}, {}];
    for (let index = 0; index < 500; index++) submit(ada, `a${index}`);
    expect(() => submit(ada, 'one more')).toThrow(
      expect.objectContaining({ code: 'bad-request', message: '500 jobs of this window wait already.' }),
    );
    submit(bob, 'b');
    await until('a0');
    // One of them runs, so there is room for another, which has not arrived when its window closes.
    submit(ada, 'late');
    queue.cancelAll(ada);
    expect(told.filter((one) => one.endsWith(' cancelled'))).toHaveLength(501);
    finish.get('a0')!();
    await until('b');
    finish.get('b')!();
    await idle();
    expect(told.filter((one) => one.startsWith('late'))).toEqual(['late cancelled']);
    expect(told).toContain('b done');
  });

  test('a cancelled running job is over for its window at once, and the next waits until the engine let go', async () => {
    const { queue, told, started, finish, submit, until, idle } = setUp();
    const window = {};
    const first = submit(window, 'first');
    submit(window, 'second');
    await until('first');
    expect(queue.cancel(window, first)).toBe(true);
    expect(told.at(-1)).toBe('first cancelled');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(started).toEqual(['first']);
    finish.get('first')!(cancelledError());
    await until('second');
    finish.get('second')!();
    await idle();
    expect(told.filter((line) => line.startsWith('first'))).toEqual([
      'first queued',
      'first started',
      'first cancelled',
    ]);
  });

  test('a job that finished although it was cancelled stays cancelled', async () => {
    const { queue, told, finish, submit, until, idle } = setUp();
    const window = {};
    const id = submit(window, 'late');
    await until('late');
    queue.cancel(window, id);
    finish.get('late')!();
    await idle();
    expect(told).toEqual(['late queued', 'late started', 'late cancelled']);
  });

  test('failures end with their code, bugs as internal; both leave the queue running', async () => {
    const queue = new JobQueue();
    const ends: JobEvent[] = [];
    const fail = (error: unknown) =>
      queue.submit(
        {},
        'describe',
        () => Promise.reject(error),
        (event) => ends.push(event),
      );
    fail(new StudioError('engine-failed', 'x', 'y'));
    fail(new TypeError('a bug'));
    fail(cancelledError());
    await expect.poll(() => queue.counts.waiting + queue.counts.running + (ends.length < 6 ? 1 : 0)).toBe(0);
    expect(ends.filter(({ type }) => type === 'failed' || type === 'cancelled')).toMatchObject([
      { type: 'failed', error: { code: 'engine-failed' } },
      { type: 'failed', error: { code: 'internal' } },
      { type: 'cancelled' },
    ]);
  });

  test('work between jobs goes before those that wait, never beside one that runs', async () => {
    const { queue, started, finish, submit, until, idle } = setUp();
    submit({}, 'first');
    submit({}, 'second');
    await until('first');
    const between = queue.between(async () => void started.push('between'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(started).toEqual(['first']);
    finish.get('first')!();
    await between;
    await until('second');
    expect(started).toEqual(['first', 'between', 'second']);
    const failing = queue.between(() => Promise.reject(new Error('no')));
    finish.get('second')!();
    await expect(failing).rejects.toThrow('no');
    await idle();
  });
});

describe('ProgressEstimate', () => {
  test('the present phase at its pace, later ones as the last time', () => {
    const history: PhaseHistory = new Map();
    const first = new ProgressEstimate('generate', history);
    expect(first.remainingMs('writing-tokens', 0, 10, 0)).toBeNull();
    expect(first.remainingMs('writing-tokens', 5, 10, 500)).toBe(500);
    expect(first.remainingMs('restoring', 0, 4, 1000)).toBeNull();
    expect(first.remainingMs('restoring', 1, 4, 1200)).toBe(600);
    first.finish(1800);
    const second = new ProgressEstimate('generate', history);
    expect(second.remainingMs('writing-tokens', 0, 10, 0)).toBe(1800);
    expect(second.remainingMs('writing-tokens', 5, 10, 250)).toBe(250 + 800);
    expect(new ProgressEstimate('decode', history).remainingMs('restoring', 0, 4, 0)).toBeNull();
  });

  test('a graph that is opened once does not count for the next time', () => {
    const history: PhaseHistory = new Map();
    const first = new ProgressEstimate('generate', history);
    for (const [phase, now] of [
      ['writing-tokens', 0],
      ['opening-graph', 100],
      ['writing-tokens', 5100],
      ['restoring', 5500],
    ] as const) {
      first.remainingMs(phase, 0, 1, now);
    }
    first.finish(6000);
    expect(new ProgressEstimate('generate', history).remainingMs('writing-tokens', 0, 1, 0)).toBe(500 + 500);
  });
});
