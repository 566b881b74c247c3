/** Work of the timeline that goes on in the background part by part: held while a person's jobs run, stopped and resumed, kept per content. */
import type { JobRequest } from '../../../shared/jobs/jobs.js';
import type { SerialisedError } from '../../../shared/errors.js';
import type { JobEvent } from '../../../shared/contract/events.js';
import { jobs as windowJobs } from './jobs.svelte.js';
import type { LruCache } from '../../../shared/lru-cache.js';
import { BackgroundRun } from './background-run.js';
import type { JobRunner } from './finish-job.js';

export type BackgroundStatus =
  | { kind: 'idle' }
  /** Until the jobs a person asked for are done. */
  | { kind: 'held' }
  | { kind: 'computing'; done: number; total: number }
  | { kind: 'ready' }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: SerialisedError };

export abstract class BackgroundWork<Subject, Part> {
  status = $state.raw<BackgroundStatus>({ kind: 'idle' });
  /** In the order they arrived. */
  protected parts = $state.raw<readonly Part[]>([]);
  protected subject: Subject | null = null;
  readonly #kept: LruCache<readonly Part[]>;
  readonly #run: BackgroundRun;
  #held = false;

  constructor(kept: LruCache<readonly Part[]>, jobs: JobRunner = windowJobs) {
    this.#kept = kept;
    this.#run = new BackgroundRun(jobs);
  }

  /** Tells two contents apart. */
  protected abstract keyOf(subject: Subject): string;
  /** What is left to do beside `parts`, and how many parts there are in all; null = nothing is left. */
  protected abstract plan(subject: Subject): { request: JobRequest; total: number } | null;
  /** The part an event brings; null = none. */
  protected abstract partOf(event: JobEvent): Part | null;

  /** Works on this, or on nothing (null). What is known already is shown at once; cheap when nothing changed. */
  show(subject: Subject | null): void {
    const same = subject !== null && this.subject !== null && this.keyOf(subject) === this.keyOf(this.subject);
    if (same || subject === this.subject) return;
    this.halt();
    this.subject = subject;
    this.parts = subject === null ? [] : (this.#kept.get(this.keyOf(subject)) ?? []);
    this.status = { kind: 'idle' };
    if (subject !== null) this.start(subject);
  }

  /** While `held`, nothing is computed; what was interrupted goes on afterwards. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held && this.status.kind === 'computing') {
      this.halt();
      this.status = { kind: 'held' };
    } else if (!held && this.status.kind === 'held') this.start(this.subject!);
  }

  /** Stops; what is there stays. */
  cancel(): void {
    if (this.status.kind !== 'computing' && this.status.kind !== 'held') return;
    this.halt();
    this.status = { kind: 'stopped' };
  }

  resume(): void {
    if (this.subject !== null && !this.#run.running) this.start(this.subject);
  }

  protected halt(): void {
    this.#run.drop();
  }

  protected start(subject: Subject): void {
    const plan = this.plan(subject);
    if (plan === null) {
      this.status = { kind: 'ready' };
      return;
    }
    if (this.#held) {
      this.status = { kind: 'held' };
      return;
    }
    this.status = { kind: 'computing', done: this.parts.length, total: plan.total };
    void this.#compute(this.keyOf(subject), plan);
  }

  async #compute(key: string, { request, total }: { request: JobRequest; total: number }): Promise<void> {
    const end = await this.#run.start(async (job) => {
      await job(request, (event) => {
        const part = this.partOf(event);
        if (part === null) return;
        this.parts = [...this.parts, part];
        this.#kept.set(key, this.parts);
        this.status = { kind: 'computing', done: this.parts.length, total };
      });
    });
    if (end !== null) this.status = end.kind === 'done' ? { kind: 'ready' } : end;
  }
}
