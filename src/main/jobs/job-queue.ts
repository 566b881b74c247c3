/**
 * The queue before the engine: one job runs, the windows take turns, and every job ends with exactly one of done, failed
 * and cancelled.
 */
import { randomUUID } from 'node:crypto';
import type { JobRequest } from '../../shared/jobs/jobs.js';
import { cancelledError, serialiseError, StudioError, type SerialisedError } from '../../shared/errors.js';
import type { EngineEvent, JobEvent } from '../../shared/contract/events.js';
import type { JobResult } from '../../shared/jobs/job-results.js';
import { ProgressEstimate, type PhaseHistory } from './progress-estimate.js';

/** Does the work of one job: conversion of its images, the engine, keeping what comes out. */
export type JobWork = (options: { signal: AbortSignal; onEvent: (event: EngineEvent) => void }) => Promise<JobResult>;

interface Job {
  id: string;
  client: object;
  kind: JobRequest['kind'];
  work: JobWork;
  send: (event: JobEvent) => void;
  abort: AbortController;
  ahead: number;
  ended: boolean;
}

type JobNews = JobEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'jobId'> : never) : never;

export interface JobQueueOptions {
  onCounts?: (counts: { running: number; waiting: number }) => void;
  /** Milliseconds, monotonic. */
  now?: () => number;
}

export class JobQueue {
  /** Submitted in this very moment; nothing is told of them yet. */
  readonly #arriving = new Set<Job>();
  #waiting: Job[] = [];
  #running: Job | null = null;
  #lastClient: object | null = null;
  /** Work that needs the engine for itself, such as a change of pack; it goes before waiting jobs. */
  #exclusive: (() => Promise<void>)[] = [];
  #busy = false;
  readonly #history: PhaseHistory = new Map();
  readonly #now: () => number;

  constructor(private readonly options: JobQueueOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
  }

  get counts(): { running: number; waiting: number } {
    return { running: this.#running === null ? 0 : 1, waiting: this.#waiting.length };
  }

  /** Throws `bad-request` when the window has too many waiting. Returns the job's id at once; what becomes of the job is told through `send`, never before this returns. */
  submit(
    client: object,
    kind: JobRequest['kind'],
    work: JobWork,
    send: (event: JobEvent) => void,
    id: string = randomUUID(),
  ): string {
    const ofClient = [...this.#waiting, ...this.#arriving].filter((one) => one.client === client);
    if (ofClient.length >= mostWaiting) throw tooManyJobs();
    const job: Job = { id, client, kind, work, send, abort: new AbortController(), ahead: -1, ended: false };
    this.#arriving.add(job);
    setImmediate(() => {
      if (!this.#arriving.delete(job)) return;
      this.#waiting.push(job);
      this.#tellPlaces();
      this.#tellCounts();
      void this.#advance();
    });
    return id;
  }

  /** True when this ended the job: the window hears `cancelled` at once, the engine is stopped behind it. */
  cancel(client: object, jobId: string): boolean {
    const job = [this.#running, ...this.#waiting].find((one) => one?.id === jobId && one.client === client);
    if (job === undefined || job === null || job.ended) return false;
    this.#waiting = this.#waiting.filter((one) => one !== job);
    job.abort.abort();
    this.#end(job, { type: 'cancelled' });
    this.#tellPlaces();
    this.#tellCounts();
    return true;
  }

  /** Takes back a job that has not begun, without a word to anyone; false when it has, or has ended. */
  withdraw(client: object, jobId: string): boolean {
    const isIt = (one: Job): boolean => one.id === jobId && one.client === client;
    const arriving = [...this.#arriving].find(isIt);
    if (arriving !== undefined) return this.#arriving.delete(arriving);
    if (!this.#waiting.some(isIt)) return false;
    this.#waiting = this.#waiting.filter((one) => !isIt(one));
    this.#tellPlaces();
    this.#tellCounts();
    return true;
  }

  cancelAll(client: object): void {
    const running = this.#running?.client === client && !this.#running.ended ? [this.#running] : [];
    const arriving = [...this.#arriving].filter((job) => job.client === client);
    const cancelled = [...arriving, ...this.#waiting.filter((job) => job.client === client), ...running];
    if (cancelled.length === 0) return;
    for (const job of arriving) this.#arriving.delete(job);
    this.#waiting = this.#waiting.filter((job) => job.client !== client);
    for (const job of cancelled) {
      job.abort.abort();
      this.#end(job, { type: 'cancelled' });
    }
    this.#tellPlaces();
    this.#tellCounts();
  }

  /** Runs `work` while no job runs, before those that wait. */
  between<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#exclusive.push(() => work().then(resolve, reject));
      void this.#advance();
    });
  }

  async #advance(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const exclusive = this.#exclusive.shift();
        if (exclusive !== undefined) {
          await exclusive();
          continue;
        }
        const job = this.#takeNext();
        if (job === null) return;
        await this.#run(job);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** The oldest job of a window other than the last served one; the oldest of all when only that one waits. */
  #takeNext(): Job | null {
    const job = this.#waiting.find((one) => one.client !== this.#lastClient) ?? this.#waiting[0];
    if (job === undefined) return null;
    this.#waiting = this.#waiting.filter((one) => one !== job);
    this.#lastClient = job.client;
    return job;
  }

  async #run(job: Job): Promise<void> {
    const startedAt = this.#now();
    const estimate = new ProgressEstimate(job.kind, this.#history);
    this.#running = job;
    this.#tell(job, { type: 'started' });
    this.#tellPlaces();
    this.#tellCounts();
    try {
      const result = await job.work({
        signal: job.abort.signal,
        onEvent: (event) => {
          const now = this.#now();
          if (event.type !== 'progress') return this.#tell(job, event);
          const remainingMs = estimate.remainingMs(event.phase, event.done, event.total, now);
          this.#tell(job, { ...event, elapsedMs: now - startedAt, remainingMs });
        },
      });
      if (job.abort.signal.aborted) throw cancelledError();
      estimate.finish(this.#now());
      this.#end(job, { type: 'done', result, elapsedMs: this.#now() - startedAt });
    } catch (thrown) {
      const error: SerialisedError = serialiseError(thrown);
      this.#end(job, error.code === 'cancelled' ? { type: 'cancelled' } : { type: 'failed', error });
    } finally {
      this.#running = null;
      this.#tellCounts();
    }
  }

  #end(job: Job, news: JobNews): void {
    this.#tell(job, news);
    job.ended = true;
  }

  /** After its end a job is silent, whatever the engine still sends. */
  #tell(job: Job, news: JobNews): void {
    if (!job.ended) job.send({ jobId: job.id, ...news } as JobEvent);
  }

  #tellPlaces(): void {
    this.#waiting.forEach((job, index) => {
      const ahead = index + (this.#running === null ? 0 : 1);
      if (job.ahead === ahead) return;
      job.ahead = ahead;
      this.#tell(job, { type: 'queued', ahead });
    });
  }

  #tellCounts(): void {
    this.options.onCounts?.(this.counts);
  }
}

/** Of one window; a grid of pictures submits its cells one after the other. */
const mostWaiting = 500;

function tooManyJobs(): StudioError {
  return new StudioError(
    'bad-request',
    `${mostWaiting} jobs of this window wait already.`,
    'Wait until some are done, or cancel them.',
  );
}
