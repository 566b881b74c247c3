/** What the engine's process does with messages: opens packs, runs jobs one after the other, cancels them. No transport here. */
import { isCancelled, serialiseError, StudioError, cancelledError } from '../../shared/errors.js';
import type { Engine, EngineOptions } from './engine.js';
import { isRemoteOptions } from './remote/address.js';
import { EventOutbox } from './event-outbox.js';
import type { EngineRequest, FromEngine, ProviderAttempt, ToEngine } from './protocol.js';

/** Of the engine only what is used, so that tests can stand in for it. */
export type RunningEngine = Pick<Engine, 'ready' | 'run' | 'dispose'> &
  Partial<Pick<Engine, 'remoteWork' | 'openGraphs' | 'openAnother'>>;

/** Between two reports of a pack that is checked. Small ones are done before the first. */
const checkedEveryMs = 250;

/** How long nobody has to ask for anything before graphs are opened ahead: opening blocks the thread, and a command's job comes with its pack. */
const idleMs = 250;

export class EngineHost {
  private engine: RunningEngine | null = null;
  /** Messages that take time are handled strictly in the order they came. */
  private last: Promise<void> = Promise.resolve();
  private readonly cancellations = new Map<string, AbortController>();
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly open: (options: EngineOptions) => Promise<RunningEngine>,
    private readonly send: (message: FromEngine) => void,
  ) {}

  /** Never throws: what is no message of the protocol is answered when it names a job, and passed over otherwise. */
  receive(message: unknown): void {
    const known = parseMessage(message);
    if (known === null) {
      const jobId = jobIdOf(message);
      const error = new StudioError(
        'bad-request',
        'The engine does not understand that message.',
        'Restart the studio.',
      );
      if (jobId !== null) this.send({ type: 'failed', jobId, error: error.serialise() });
      return;
    }
    if (known.type === 'cancel') {
      this.cancellations.get(known.jobId)?.abort();
      return;
    }
    if (known.type === 'open') {
      this.after(() => this.openPack(known));
      return;
    }
    // Registered at once, so that a job can be cancelled before its turn.
    const cancellation = new AbortController();
    this.cancellations.set(known.jobId, cancellation);
    this.after(() => this.runJob(known.jobId, known.request, cancellation.signal));
  }

  /** Tells which graphs are open, and who runs what where servers do. */
  report(): void {
    const { remoteWork: work = null, openGraphs: open } = this.engine ?? {};
    if (work !== null) this.send({ type: 'servers', work });
    if (open !== undefined) this.send({ type: 'graphs', open });
  }

  private after(work: () => Promise<void>): void {
    this.last = this.last.then(work);
  }

  private async openPack(options: Extract<ToEngine, { type: 'open' }>): Promise<void> {
    const attempts: ProviderAttempt[] = [];
    try {
      let toldAt = performance.now();
      const onChecked = (done: number, total: number): void => {
        if (performance.now() - toldAt < checkedEveryMs) return;
        toldAt = performance.now();
        this.send({ type: 'checking', done, total });
      };
      const opened = await this.open({ ...options, attempts, onChecked });
      const before = this.engine;
      this.engine = opened;
      this.send({ type: 'ready', ready: opened.ready });
      this.report();
      this.openAheadWhenIdle();
      await before?.dispose();
    } catch (error) {
      // A pack that was open stays in use.
      this.send({ type: 'open-failed', error: serialiseError(error), attempts });
    }
  }

  private async runJob(jobId: string, request: EngineRequest, signal: AbortSignal): Promise<void> {
    const outbox = new EventOutbox((events) => this.send({ type: 'events', jobId, events }));
    try {
      if (signal.aborted) throw cancelledError();
      if (this.engine === null) {
        throw new StudioError('engine-failed', 'No model pack is open.', 'Choose a pack first.');
      }
      const job = this.engine.run(request, signal);
      for (;;) {
        const next = await job.next();
        if (next.done === true) {
          outbox.flush();
          this.send({ type: 'done', jobId, ...next.value });
          return;
        }
        outbox.add(next.value);
      }
    } catch (error) {
      outbox.flush();
      this.send({
        type: 'failed',
        jobId,
        error: serialiseError(signal.aborted && !isCancelled(error) ? cancelledError() : error),
      });
    } finally {
      this.cancellations.delete(jobId);
      this.report();
      this.openAheadWhenIdle();
    }
  }

  /** While no job is known: one graph after another, so that the first job of a kind need not wait for what it needs. */
  private openAheadWhenIdle(): void {
    clearTimeout(this.idle);
    const { engine } = this;
    this.idle = setTimeout(() => {
      if (engine === null || engine !== this.engine || this.cancellations.size > 0) return;
      void engine.openAnother?.().then((opened) => {
        if (!opened || engine !== this.engine) return;
        this.report();
        this.openAheadWhenIdle();
      });
    }, idleMs);
    this.idle.unref();
  }
}

/** The envelope only: the engine checks a request itself. */
function parseMessage(message: unknown): ToEngine | null {
  if (typeof message !== 'object' || message === null) return null;
  const fields = message as Record<string, unknown>;
  switch (fields['type']) {
    case 'open': {
      const { packDirectory, providers, threads, verdictFile, remote } = fields;
      if (typeof packDirectory !== 'string') return null;
      if (
        providers !== undefined &&
        !(Array.isArray(providers) && providers.every((name) => typeof name === 'string'))
      ) {
        return null;
      }
      if (
        threads !== undefined &&
        !(Number.isInteger(threads) && (threads as number) >= 1 && (threads as number) <= 256)
      ) {
        return null;
      }
      if (verdictFile !== undefined && typeof verdictFile !== 'string') return null;
      if (remote !== undefined && !isRemoteOptions(remote)) return null;
      return {
        type: 'open',
        packDirectory,
        ...(verdictFile === undefined ? {} : { verdictFile }),
        ...(remote === undefined ? {} : { remote }),
        ...(providers === undefined ? {} : { providers: providers as string[] }),
        ...(threads === undefined ? {} : { threads: threads as number }),
      };
    }
    case 'run':
      if (typeof fields['jobId'] !== 'string') return null;
      return { type: 'run', jobId: fields['jobId'], request: fields['request'] as EngineRequest };
    case 'cancel':
      return typeof fields['jobId'] === 'string' ? { type: 'cancel', jobId: fields['jobId'] } : null;
    default:
      return null;
  }
}

function jobIdOf(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('jobId' in message)) return null;
  return typeof message.jobId === 'string' ? message.jobId : null;
}
