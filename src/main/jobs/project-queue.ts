/**
 * The queue of one open project: what waits lies in its file, and one entry at a time stands before the engine, where it takes
 * turns with the windows. Windows come and go; the queue ends with the file.
 */
import { randomUUID } from 'node:crypto';
import { isCancelled, serialiseError, StudioError } from '../../shared/errors.js';
import type { JobEvent, StudioEvent } from '../../shared/contract/events.js';
import {
  changeBetween,
  queueLimits,
  type Queue,
  type QueuedRequest,
  type QueuedResult,
  type QueuePurpose,
} from '../../shared/jobs/queue.js';
import * as machine from '../../shared/jobs/queue-machine.js';
import type { JobQueue, JobWork } from './job-queue.js';

/** Of the project's file what a queue needs. */
export interface QueueFile {
  readonly queue: Queue;
  setQueue: (next: Queue) => void;
}

export interface ProjectQueueOptions {
  file: QueueFile;
  runner: JobQueue;
  workFor: (request: QueuedRequest, jobId: string) => JobWork;
  isPaused: () => boolean;
  /** To every window on the project. */
  tell: (event: StudioEvent) => void;
  /** The numbers changed, or nothing is left to do. */
  onChange: () => void;
  now?: () => string;
}

export class ProjectQueue {
  /** The entry that stands before the engine. */
  #offered: string | null = null;
  /** What windows know: the file's queue as they were told it. */
  #told: Queue;
  #closed = false;

  constructor(private readonly options: ProjectQueueOptions) {
    this.#told = options.file.queue;
  }

  /** What ran when the program was killed has failed; what waited goes on. Never throws: a full disk must not keep a project closed. */
  begin(): void {
    try {
      this.options.file.setQueue(machine.interrupted(this.entries));
    } catch (error) {
      console.warn('What was interrupted could not be written down:', error);
    }
    this.#follow();
  }

  get entries(): Queue {
    return this.options.file.queue;
  }

  /** Waiting entries that the runner does not count. */
  get waitingBehind(): number {
    return this.entries.filter(({ id, state }) => state === 'waiting' && id !== this.#offered).length;
  }

  /** Something runs, or will without anybody's help. */
  get isBusy(): boolean {
    return this.entries.some(({ state }) => state === 'running' || (state === 'waiting' && !this.options.isPaused()));
  }

  /** Returns the job's id; nothing is told of it before this returns. Throws `bad-request` when the queue is full, and what writing throws. */
  enqueue(request: QueuedRequest, purpose: QueuePurpose): string {
    if (this.entries.length >= queueLimits.entries) throw queueFull();
    const id = randomUUID();
    const addedAt = this.options.now?.() ?? new Date().toISOString();
    this.options.file.setQueue(machine.added(this.entries, { id, request, purpose, addedAt }));
    setImmediate(() => this.#follow());
    return id;
  }

  /** Those of `ids` that wait or run; returns how many. What runs is stopped behind it. */
  cancel(ids: readonly string[]): number {
    const before = this.entries;
    const left = before.filter((entry) => ids.includes(entry.id) && machine.isActive(entry));
    this.#change(machine.cancelled(before, ids));
    for (const { id, state } of left) {
      // The runner tells of it where it knows the job; of one that only waited in the file the word comes from here.
      const toldByRunner = state === 'running' && this.options.runner.cancel(this, id);
      if (!toldByRunner) this.options.tell({ channel: 'job', event: { jobId: id, type: 'cancelled' } });
    }
    return left.length;
  }

  move(id: string, before: string | null): void {
    this.#change(machine.moved(this.entries, id, before));
  }

  /** Returns the new id. Throws `not-found`. */
  retry(id: string): string {
    const newId = randomUUID();
    const next = machine.retried(this.entries, id, newId);
    if (next === this.entries) {
      throw new StudioError('not-found', 'That job did not fail, or is not in the queue any more.', 'Run it anew.');
    }
    this.#change(next);
    return newId;
  }

  discard(id: string, seeds?: readonly number[]): void {
    const { entries } = this;
    this.#change(seeds === undefined ? machine.settled(entries, [id]) : machine.withoutPictures(entries, id, seeds));
  }

  /** After the file's queue changed by a commit, or the pause began or ended. */
  followFile(): void {
    this.#follow();
  }

  /** The program ends in order, or nobody wants the project open: what ran waits again, at its place. */
  close(): void {
    if (this.#closed) return;
    const running = this.#offered;
    try {
      this.options.file.setQueue(machine.released(this.entries));
    } catch (error) {
      // The file still says that it ran: the next start says that it was not done.
      console.warn('The queue could not be put in order at closing:', error);
    }
    this.#closed = true;
    if (running !== null && !this.options.runner.withdraw(this, running)) this.options.runner.cancel(this, running);
  }

  #change(next: Queue): void {
    this.options.file.setQueue(next);
    this.#follow();
  }

  /** Windows hear what is different, and the engine gets what is first. */
  #follow(): void {
    if (this.#closed) return;
    const change = changeBetween(this.#told, this.entries);
    this.#told = this.entries;
    if (change !== null) this.options.tell({ channel: 'queue', change });
    this.#offer();
    this.options.onChange();
  }

  #offer(): void {
    const wanted = this.options.isPaused() ? null : machine.nextOf(this.entries);
    const isRunning = this.entries.some(({ id, state }) => id === this.#offered && state === 'running');
    if (this.#offered !== null && !isRunning && this.#offered !== wanted?.id) {
      // One that began in this moment is over when its end is heard.
      if (!this.options.runner.withdraw(this, this.#offered)) return;
      this.#offered = null;
    }
    if (wanted === null || this.#offered !== null) return;
    this.#offered = wanted.id;
    const work = this.options.workFor(wanted.request, wanted.id);
    this.options.runner.submit(this, wanted.request.kind, work, (event) => this.#heard(event), wanted.id);
  }

  #heard(event: JobEvent): void {
    if (this.#closed || event.type === 'queued') return;
    const { jobId } = event;
    const { entries } = this;
    const isOver = event.type === 'done' || event.type === 'failed' || event.type === 'cancelled';
    if (isOver && this.#offered === jobId) this.#offered = null;
    try {
      if (event.type === 'started') this.#begun(jobId);
      if (event.type === 'done') this.#change(machine.finished(entries, jobId, event.result as QueuedResult));
      if (event.type === 'failed') this.#change(machine.failed(entries, jobId, event.error));
      if (event.type === 'cancelled') this.#change(machine.cancelled(entries, [jobId]));
    } catch (thrown) {
      return this.#notWritten(jobId, thrown);
    }
    this.options.tell({ channel: 'job', event });
  }

  #begun(jobId: string): void {
    try {
      this.#change(machine.started(this.entries, jobId));
    } catch (error) {
      // Only a crash would make a difference: it would then be begun again. What comes of it is told when it is kept.
      console.warn('That a job began could not be written down:', error);
    }
  }

  /** The disk is full, or worse: the window must not take for kept what is not. */
  #notWritten(jobId: string, thrown: unknown): void {
    const error = serialiseError(thrown);
    try {
      this.#change(machine.failed(this.entries, jobId, error));
    } catch {
      this.options.onChange();
    }
    if (!isCancelled(thrown)) this.options.tell({ channel: 'job', event: { jobId, type: 'failed', error } });
  }
}

function queueFull(): StudioError {
  return new StudioError(
    'bad-request',
    `The queue holds ${queueLimits.entries} jobs, which is the most.`,
    'Wait until some are done, or cancel some.',
  );
}
