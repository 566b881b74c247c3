/** What the studio says of itself: put together whenever it is asked, told to every window soon after it changed, and noted in the log. */
import type { StudioStatus } from '../../shared/contract/status.js';
import type { Log } from '../diagnostics/log.js';
import type { JobQueue } from '../jobs/job-queue.js';
import type { ProjectQueues } from '../jobs/project-queues.js';
import type { PositionCache } from '../storage/positions/position-cache.js';
import type { EngineSupervisor } from '../supervisor/engine-supervisor.js';
import type { PackInUse } from './pack-in-use.js';

export interface StatusContext {
  version: string;
  host: StudioStatus['host'];
  engine: EngineSupervisor;
  packInUse: PackInUse;
  queue: JobQueue;
  queues: ProjectQueues;
  cache: PositionCache;
  log: Log | undefined;
  /** Every window. */
  tell: (status: StudioStatus) => void;
}

/** Memory is reported often; windows hear of it at most this often. */
const intervalMs = 200;

export class StatusReport {
  readonly #context: StatusContext;
  #notedState: string | null = null;
  #announcement: NodeJS.Timeout | undefined;

  constructor(context: StatusContext) {
    this.#context = context;
  }

  now(): StudioStatus {
    const { version, host, engine, packInUse, queue, queues, cache } = this.#context;
    const { running, waiting } = queue.counts;
    return {
      version,
      host,
      engine:
        packInUse.error === null
          ? engine.status
          : { ...engine.status, state: 'failed', error: engine.status.error ?? packInUse.error.serialise() },
      pack: engine.pack,
      queue: { running, waiting: waiting + queues.waitingBehind, paused: queues.paused },
      timelineCache: cache.state,
    };
  }

  /** Something in it has changed. */
  announce(): void {
    this.#announcement ??= setTimeout(() => {
      this.#announcement = undefined;
      this.#context.tell(this.now());
    }, intervalMs);
  }

  /** Once for each state: memory is reported every few seconds. */
  note({ state, provider, providerReason, error }: StudioStatus['engine']): void {
    if (state === this.#notedState) return;
    this.#notedState = state;
    const { log } = this.#context;
    if (error === null) log?.info(`Engine: ${state}`, { provider, providerReason });
    else log?.error(`Engine: ${state}`, error);
  }

  /** Nothing more is told. */
  close(): void {
    clearTimeout(this.#announcement);
  }
}
