import { SvelteMap } from 'svelte/reactivity';
import type { JobRequest } from '../../../shared/jobs/jobs.js';
import { reviveError, type SerialisedError } from '../../../shared/errors.js';
import type { JobEvent, JobPhase } from '../../../shared/contract/events.js';
import type { JobResult } from '../../../shared/jobs/job-results.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { studio } from '../studio/studio.svelte.js';

/** The model's guess of one variation so far. `knownTokens` of K are written; `step` of `steps` are done. */
export interface Preview {
  knownTokens: number;
  step: number;
  steps: number;
  image: RasterImage;
}

export type JobStage = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** One job as this window follows it. */
export class Job {
  readonly id: string;
  readonly request: JobRequest;
  /** It belongs to the project and outlives this window's connection. */
  readonly queued: boolean;
  stage = $state<JobStage>('queued');
  ahead = $state(0);
  phase = $state<JobPhase | null>(null);
  done = $state(0);
  total = $state(0);
  remainingMs = $state<number | null>(null);
  /** By variation; undefined until the first preview. */
  previews = $state.raw<readonly (Preview | undefined)[]>([]);
  tokensWritten = $state.raw<readonly number[]>([]);
  text = $state('');
  /** What each variation will show, in the model's words so far; empty in a pack that does not plan. */
  plans = $state.raw<readonly string[]>([]);
  /** Resolves with the result; rejects with the StudioError (code `cancelled` for a cancellation). */
  readonly finished: Promise<JobResult>;
  #startedAt = $state<number | null>(null);
  #elapsedMs = $state(0);
  #resolve: (result: JobResult) => void = () => {};
  #reject: (error: Error) => void = () => {};
  readonly #onEvent: ((event: JobEvent) => void) | undefined;

  constructor(id: string, request: JobRequest, onEvent?: (event: JobEvent) => void, queued = false) {
    this.id = id;
    this.request = request;
    this.queued = queued;
    this.#onEvent = onEvent;
    this.finished = new Promise<JobResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Those who care await it; nobody has to.
    this.finished.catch(() => {});
  }

  get active(): boolean {
    return this.stage === 'queued' || this.stage === 'running';
  }

  /** It waits in a queue that is paused. */
  get held(): boolean {
    return this.queued && this.stage === 'queued' && studio.status?.queue.paused === true;
  }

  /** 0…1 of the present phase, null while it cannot be told. */
  get fraction(): number | null {
    return this.stage === 'running' && this.total > 0 ? Math.min(1, this.done / this.total) : null;
  }

  /** Milliseconds since it started; grows with `jobs.now` between events. */
  get elapsedMs(): number {
    return this.active && this.#startedAt !== null
      ? Math.max(this.#elapsedMs, jobs.now - this.#startedAt)
      : this.#elapsedMs;
  }

  /** What arrives after the end (a step that was under way while it was cancelled) is passed over. */
  receive(event: JobEvent): void {
    if (!this.active) return;
    switch (event.type) {
      case 'queued':
        this.ahead = event.ahead;
        break;
      case 'started':
        this.stage = 'running';
        this.ahead = 0;
        this.#startedAt = performance.now();
        break;
      case 'progress':
        this.phase = event.phase;
        this.done = event.done;
        this.total = event.total;
        this.#elapsedMs = event.elapsedMs;
        this.remainingMs = event.remainingMs;
        break;
      case 'token':
        this.tokensWritten = withItem(
          this.tokensWritten,
          event.variation,
          (this.tokensWritten[event.variation] ?? 0) + 1,
        );
        break;
      case 'preview': {
        const { knownTokens, step, steps, image } = event;
        this.previews = withItem(this.previews, event.variation, { knownTokens, step, steps, image });
        break;
      }
      case 'plan':
        this.plans = withItem(this.plans, event.variation, event.text);
        break;
      case 'text':
        this.text = event.text;
        break;
      case 'position':
        break;
      case 'done':
        this.#end('done', event.elapsedMs);
        this.#resolve(event.result);
        break;
      case 'failed':
        this.fail(event.error);
        break;
      case 'cancelled':
        this.cancelled();
        break;
    }
    this.#onEvent?.(event);
  }

  fail(error: SerialisedError): void {
    this.#end('failed', this.elapsedMs);
    this.#reject(reviveError(error));
  }

  cancelled(): void {
    this.#end('cancelled', this.elapsedMs);
    this.#reject(
      reviveError({ code: 'cancelled', message: 'The job was cancelled.', remedy: 'Run it again when you like.' }),
    );
  }

  #end(stage: JobStage, elapsedMs: number): void {
    this.#elapsedMs = elapsedMs;
    this.stage = stage;
    this.remainingMs = null;
  }
}

export type PlanListener = (request: JobRequest, event: Extract<JobEvent, { type: 'plan' }>) => void;

/** Every job this window started and that has not been forgotten yet. */
export class JobsState {
  readonly all = new SvelteMap<string, Job>();
  /** Clock of the progress displays, milliseconds as `performance.now()`; ticks only while a job is active. */
  now = $state(0);
  #submitting = 0;
  readonly #planListeners: PlanListener[] = [];
  #early: JobEvent[] = [];
  #ticker: ReturnType<typeof setInterval> | undefined;

  get active(): Job[] {
    return [...this.all.values()].filter((job) => job.active);
  }

  /** `onEvent` sees every event of this job in order, those that came before the id was known included. */
  async submit(request: JobRequest, onEvent?: (event: JobEvent) => void): Promise<Job> {
    this.#submitting++;
    try {
      const { jobId } = await studio.api.submit({ request });
      const job = new Job(jobId, request, onEvent);
      this.all.set(jobId, job);
      this.#tick();
      for (const event of this.#early.filter((early) => early.jobId === jobId)) job.receive(event);
      this.#early = this.#early.filter((early) => early.jobId !== jobId);
      return job;
    } finally {
      this.#submitting--;
      if (this.#submitting === 0) this.#early = [];
    }
  }

  /** A job of the project's queue, whoever asked for it. */
  adopt(id: string, request: JobRequest): Job {
    const job = new Job(id, request, undefined, true);
    this.all.set(id, job);
    this.#tick();
    return job;
  }

  /** Told of every plan of every job, whoever asked for it. */
  onPlan(listener: PlanListener): void {
    this.#planListeners.push(listener);
  }

  /** Events of jobs nobody here asked for (another window's) are dropped. */
  receive(event: JobEvent): void {
    const job = this.all.get(event.jobId);
    if (job !== undefined) {
      job.receive(event);
      if (event.type === 'plan') for (const tell of this.#planListeners) tell(job.request, event);
      return;
    }
    if (this.#submitting > 0) this.#early.push(event);
  }

  /** The window shows it as cancelled at once; the engine stops at its next step. */
  async cancel(job: Job): Promise<void> {
    if (!job.active) return;
    job.receive({ jobId: job.id, type: 'cancelled' });
    if (job.queued) await studio.api.cancelQueued({ jobIds: [job.id] });
    else await studio.api.cancel({ jobId: job.id });
  }

  /** Nothing will be heard of this window's own jobs any more: the host is gone. Those of the queue may go on there. */
  failAll(error: SerialisedError): void {
    for (const job of this.active) if (!job.queued) job.fail(error);
  }

  forget(job: Job): void {
    this.all.delete(job.id);
  }

  #tick(): void {
    this.now = performance.now();
    this.#ticker ??= setInterval(() => {
      this.now = performance.now();
      if (this.active.length > 0) return;
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }, 100);
  }
}

function withItem<Item>(list: readonly Item[], index: number, item: Item): Item[] {
  const copy = list.slice();
  copy[index] = item;
  return copy;
}

export const jobs = new JobsState();
