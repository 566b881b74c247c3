/**
 * The queue of the open project as this window follows it. What is to become of a job's outcome is data that lies with the job, so
 * this window goes on with jobs that another window, or an earlier run of the program, has asked for.
 */
import type { StudioEvent } from '../../../shared/contract/events.js';
import { isActive, moved, settled, withoutPictures } from '../../../shared/jobs/queue-machine.js';
import {
  withChange,
  type Queue,
  type QueueEntry,
  type QueuedRequest,
  type QueuePurpose,
} from '../../../shared/jobs/queue.js';
import { jobs, type Job } from './jobs.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { waitingEntry } from './waiting-entry.js';

/** `asked`: by this window in this moment; otherwise it is met again, and whoever looks elsewhere is left alone. */
export type Taker = (job: Job, entry: QueueEntry, asked: boolean) => Promise<void>;

export class QueueState {
  entries = $state.raw<Queue>([]);
  /** The panel is shown. */
  open = $state(false);
  readonly #takers: Partial<Record<QueuePurpose['kind'], Taker>> = {};
  readonly #goneListeners: ((jobId: string) => void)[] = [];
  /** Entries that somebody takes or has taken, as long as they are in the queue. */
  readonly #followed: Record<string, Promise<void>> = {};
  #asking = 0;
  #mayTake = false;

  get waiting(): Queue {
    return this.entries.filter(({ state }) => state === 'waiting');
  }

  get running(): QueueEntry | null {
    return this.entries.find(({ state }) => state === 'running') ?? null;
  }

  get failed(): Queue {
    return this.entries.filter(({ state }) => state === 'failed');
  }

  get active(): Queue {
    return this.entries.filter(isActive);
  }

  get paused(): boolean {
    return studio.status?.queue.paused === true;
  }

  /** Who takes outcomes of a kind; it shows what is under way and resolves when the outcome is where it belongs. */
  take(kind: QueuePurpose['kind'], taker: Taker): void {
    this.#takers[kind] = taker;
  }

  /** Told of every entry that left the queue, however it did. */
  onGone(listener: (jobId: string) => void): void {
    this.#goneListeners.push(listener);
  }

  /** Resolves when the outcome is where it belongs; rejects with what the job failed with, `cancelled` included. */
  async submit(request: QueuedRequest, purpose: QueuePurpose): Promise<void> {
    this.#asking++;
    let outcome: Promise<void>;
    try {
      const { jobId } = await studio.api.enqueue({ request, purpose });
      const known = this.entries.find(({ id }) => id === jobId);
      const entry = known ?? waitingEntry(jobId, request, purpose);
      if (known === undefined) this.#set([...this.entries, entry]);
      outcome = this.#follow(entry, true);
    } finally {
      this.#asking--;
    }
    if (this.#asking === 0) this.#followAll();
    await outcome;
  }

  /** The queue of a project that was just opened, or read again after the connection was lost. `mayTake`: this window writes it. */
  load(queue: Queue, mayTake: boolean): void {
    const knownFailures = this.failed.map(({ id }) => id);
    for (const jobId of Object.keys(this.#followed)) {
      const entry = queue.find(({ id }) => id === jobId);
      const job = jobs.all.get(jobId);
      if (entry === undefined) job?.cancelled();
      else if (job !== undefined) catchUp(job, entry);
      // What this window could only look at is now for it to take.
      if (entry?.state === 'done' && mayTake && !this.#mayTake) delete this.#followed[jobId];
    }
    this.#mayTake = mayTake;
    this.#set(queue);
    this.#followAll();
    if (mayTake) this.#sayWhatWasNotDone(this.failed.filter(({ id }) => !knownFailures.includes(id)));
  }

  receive({ change }: Extract<StudioEvent, { channel: 'queue' }>): void {
    this.#set(withChange(this.entries, change));
    // The one being asked for is followed by who asked.
    if (this.#asking === 0) this.#followAll();
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) jobs.all.get(id)?.receive({ jobId: id, type: 'cancelled' });
    await studio.api.cancelQueued({ jobIds: [...ids] });
  }

  async move(id: string, before: string | null): Promise<void> {
    this.#set(moved(this.entries, id, before));
    await studio.api.moveQueued({ jobId: id, before });
  }

  /** One place earlier (-1) or later (1) among those that wait. */
  async step(id: string, by: -1 | 1): Promise<void> {
    const { waiting } = this;
    const at = waiting.findIndex((entry) => entry.id === id);
    if (at === -1 || waiting[at + by] === undefined) return;
    await this.move(id, waiting[by === -1 ? at - 1 : at + 2]?.id ?? null);
  }

  async retry(id: string): Promise<void> {
    await studio.api.retryQueued({ jobId: id });
  }

  /** Once more for an outcome that could not be put where it belongs, as when the disk was full. */
  async takeAgain(id: string): Promise<void> {
    const entry = this.entries.find((one) => one.id === id);
    if (entry?.state !== 'done') return;
    delete this.#followed[id];
    await this.#follow(entry, true);
  }

  /** A failed one is forgotten, of a finished one the pictures of these seeds, or all. */
  async discard(id: string, seeds?: readonly number[]): Promise<void> {
    const { entries } = this;
    this.#set(seeds === undefined ? settled(entries, [id]) : withoutPictures(entries, id, seeds));
    await studio.api.discardQueued({ jobId: id, ...(seeds === undefined ? {} : { seeds: [...seeds] }) });
  }

  async pause(paused: boolean): Promise<void> {
    studio.status = await studio.api.pauseQueue({ paused });
  }

  #set(queue: Queue): void {
    const before = this.entries;
    this.entries = queue;
    let ahead = 0;
    for (const entry of queue) {
      const job = jobs.all.get(entry.id) ?? (isActive(entry) ? jobs.adopt(entry.id, entry.request) : undefined);
      if (job?.stage === 'queued') job.ahead = ahead;
      if (isActive(entry)) ahead++;
    }
    const present = queue.map(({ id }) => id);
    for (const { id } of before) {
      if (present.includes(id)) continue;
      delete this.#followed[id];
      for (const tell of this.#goneListeners) tell(id);
      const job = jobs.all.get(id);
      if (job !== undefined) jobs.forget(job);
    }
  }

  #followAll(): void {
    for (const entry of this.entries) {
      if (entry.state === 'failed' || entry.id in this.#followed) continue;
      // What goes wrong with work met again is said here; nobody else waits for it.
      this.#follow(entry, false).catch((thrown: unknown) => notices.report(thrown));
    }
  }

  #follow(entry: QueueEntry, asked: boolean): Promise<void> {
    const followed = this.#followed[entry.id];
    if (followed !== undefined) return followed;
    const taker = this.#takers[entry.purpose.kind];
    const job = jobs.all.get(entry.id) ?? jobs.adopt(entry.id, entry.request);
    catchUp(job, entry);
    // Of an outcome that is there already only the window that may write makes something.
    if (taker === undefined || (!this.#mayTake && entry.state === 'done')) return Promise.resolve();
    const outcome = taker(job, entry, asked);
    this.#followed[entry.id] = outcome;
    return outcome;
  }

  #sayWhatWasNotDone(failures: Queue): void {
    const interrupted = failures.filter((entry) => entry.state === 'failed' && entry.error.code === 'engine-stopped');
    if (interrupted.length === 0) return;
    const [first] = interrupted;
    const what = interrupted.length === 1 ? `“${first!.purpose.title}” was` : `${interrupted.length} jobs were`;
    const others = this.waiting.length;
    const goOn = others === 0 ? '' : this.paused ? ` ${others} more wait, paused.` : ` ${others} more wait and go on.`;
    notices.reportSerialised({
      code: 'engine-stopped',
      message: `${what} not done: the studio or its engine ended meanwhile.${goOn}`,
      remedy: 'Try again from the queue.',
    });
  }
}

/** A job of this window learns what it missed. */
function catchUp(job: Job, entry: QueueEntry): void {
  const jobId = entry.id;
  if (entry.state === 'running' && job.stage === 'queued') job.receive({ jobId, type: 'started' });
  if (entry.state === 'done') job.receive({ jobId, type: 'done', result: entry.result, elapsedMs: job.elapsedMs });
  if (entry.state === 'failed') job.fail(entry.error);
}

export const queue = new QueueState();
