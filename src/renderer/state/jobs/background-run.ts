/** Work in the background of which only the newest counts: another one ends what went before, and nothing that still arrives of that is heard. */
import type { JobRequest } from '../../../shared/jobs/jobs.js';
import type { JobResult } from '../../../shared/jobs/job-results.js';
import { cancelledError, isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { JobEvent } from '../../../shared/contract/events.js';
import { finishJob, type JobRunner } from './finish-job.js';

export type RunEnd = { kind: 'done' } | { kind: 'stopped' } | { kind: 'failed'; error: SerialisedError };

/** Rejects as `finishJob` does, with `cancelled` whenever the run is over; `onEvent` hears nothing then. */
export type RunJob = (request: JobRequest, onEvent?: (event: JobEvent) => void) => Promise<JobResult>;

export class BackgroundRun {
  readonly #jobs: JobRunner;
  #current: AbortController | null = null;

  constructor(jobs: JobRunner) {
    this.#jobs = jobs;
  }

  get running(): boolean {
    return this.#current !== null;
  }

  /** Resolves to how `work` ended, and to null when something else took its place meanwhile; never rejects. */
  async start(work: (job: RunJob, signal: AbortSignal) => Promise<void>): Promise<RunEnd | null> {
    this.drop();
    const run = new AbortController();
    const { signal } = run;
    this.#current = run;
    const job: RunJob = async (request, onEvent) => {
      const result = await finishJob(this.#jobs, request, signal, (event) => {
        if (!signal.aborted) onEvent?.(event);
      });
      // It was done already when it was stopped.
      if (signal.aborted) throw cancelledError();
      return result;
    };
    const end = await work(job, signal).then(
      (): RunEnd => (signal.aborted ? { kind: 'stopped' } : { kind: 'done' }),
      (thrown: unknown): RunEnd =>
        signal.aborted || isCancelled(thrown) ? { kind: 'stopped' } : { kind: 'failed', error: serialiseError(thrown) },
    );
    if (this.#current !== run) return null;
    this.#current = null;
    return end;
  }

  /** What runs ends as `stopped`. */
  stop(): void {
    this.#current?.abort();
  }

  /** What runs ends, and nobody wants to know how. */
  drop(): void {
    this.#current?.abort();
    this.#current = null;
  }
}
