/**
 * Keeps one engine process alive with one pack open: starts it, restarts it when it dies, ends it when a cancelled job
 * does not yield. Inference blocks its process, so ending that process is the only sure way to stop it.
 */
import type { StudioStatus } from '../../shared/contract/status.js';
import { cancelledError, reviveError, serialiseError, type StudioError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import type { EngineRequest, EngineResult, EngineTiming, FromEngine, ProviderAttempt } from '../engine/protocol.js';
import { deviceName } from '../engine/model/devices.js';
import type { RemoteOptions } from '../engine/remote/address.js';
import { closing, diedWhileTrying, engineStopped, keepsStopping, noPack, openingTookTooLong } from './engine-errors.js';
import type { EngineLauncher, EngineProcess } from './engine-process.js';
import { piecewise } from './piecewise.js';
import { unlessAborted, Waiters } from './waiters.js';

export type EngineStatus = StudioStatus['engine'];

export interface SupervisorOptions {
  launch: EngineLauncher;
  onStatus?: (status: EngineStatus, pack: PackSummary | null) => void;
  /** Execution providers to try, in order; absent = the device, else the platform's own order. */
  providers?: string[];
  /** `cpu` or the id of a device, as `choose` takes it. */
  device?: string | null;
  threads?: number;
  /** Servers that run what takes long; asked each time a pack is opened, because tokens may change. */
  remote?: RemoteOptions | null;
  /** Where the engine keeps the hashes of large files; absent: it reads them in full at every start. */
  verdictFile?: string;
  /** How long a cancelled job may take to yield before its process is ended. */
  cancelGraceMs?: number;
  /** How long opening a pack may take before its process is ended: gigabytes have to be read and hashed. */
  openLimitMs?: number;
  /** Pauses before the first, second … restart in a row; after the last one the engine stays down until it is needed again. */
  restartDelaysMs?: readonly number[];
}

export interface EngineRun {
  result: EngineResult;
  timing: EngineTiming;
}

interface RunningJob {
  jobId: string;
  onEvent: (event: EngineEvent) => void;
  resolve: (run: EngineRun) => void;
  reject: (error: StudioError) => void;
}

/** What a process says of itself goes with it. */
const given = { memory: null, remote: null, graphs: [], checking: null } as const satisfies Partial<EngineStatus>;

const idle: EngineStatus = {
  state: 'stopped',
  provider: null,
  providerReason: '',
  device: null,
  devices: [],
  chosenServers: [],
  chosenDevice: null,
  error: null,
  restarts: 0,
  ...given,
};

export class EngineSupervisor {
  #status: EngineStatus;
  #pack: PackSummary | null = null;
  #packDirectory: string | null = null;
  #device: string | null;
  #remote: RemoteOptions | null;
  #process: EngineProcess | null = null;
  #running: RunningJob | null = null;
  readonly #waiters = new Waiters();
  #crashesInARow = 0;
  /** A process ended before it had the pack open: a graphics driver can take it down while a provider is tried. */
  #diedOpening = false;
  #stopped = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #openTimer: NodeJS.Timeout | undefined;
  readonly #options: Required<Pick<SupervisorOptions, 'cancelGraceMs' | 'openLimitMs' | 'restartDelaysMs'>> &
    SupervisorOptions;

  constructor(options: SupervisorOptions) {
    this.#options = {
      cancelGraceMs: 2000,
      openLimitMs: 180_000,
      restartDelaysMs: [100, 500, 1000, 2000, 4000],
      ...options,
    };
    this.#device = options.device ?? null;
    this.#remote = options.remote ?? null;
    this.#status = { ...idle, chosenDevice: this.#device, chosenServers: chosenOf(this.#remote) };
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get pack(): PackSummary | null {
    return this.#pack;
  }

  /** Opens a pack in a fresh process; the old one's memory goes with its process. Throws what opening it threw. */
  async use(packDirectory: string): Promise<void> {
    if (this.#stopped) throw closing();
    this.#end();
    this.#failRunning(engineStopped('another pack was opened'));
    this.#packDirectory = packDirectory;
    this.#pack = null;
    this.#crashesInARow = 0;
    this.#diedOpening = false;
    this.#start();
    await this.ready();
  }

  /** From the next opening of a pack on: `cpu`, the id of a device with the CPU behind it, or null for automatic. */
  choose(device: string | null): void {
    this.#device = device;
    this.#report({ chosenDevice: device });
  }

  /** From the next opening of a pack on: servers that run what takes long, null for none. */
  chooseServers(remote: RemoteOptions | null): void {
    this.#remote = remote;
    this.#report({ chosenServers: chosenOf(remote) });
  }

  /** Resolves when the engine can work, starting it again if it had been given up. */
  ready(): Promise<void> {
    if (this.#status.state === 'ready') return Promise.resolve();
    if (this.#stopped) return Promise.reject(closing());
    if (this.#packDirectory === null) return Promise.reject(noPack());
    if (this.#process === null && this.#restartTimer === undefined) {
      this.#crashesInARow = 0;
      this.#start();
    }
    return this.#waiters.wait();
  }

  /**
   * One job at a time; one that is cancelled does not wait for a pack to be open. Throws `cancelled` once the engine has let go of it, `engine-stopped` when its process ended, and
   * whatever the engine itself threw.
   */
  async run(
    jobId: string,
    request: EngineRequest,
    options: { signal: AbortSignal; onEvent: (event: EngineEvent) => void },
  ): Promise<EngineRun> {
    await unlessAborted(this.ready(), options.signal);
    if (this.#running !== null) throw new Error('The engine was given a second job.');
    let graceTimer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      this.#process?.send({ type: 'cancel', jobId });
      graceTimer = setTimeout(() => this.#endStubborn(), this.#options.cancelGraceMs);
    };
    try {
      return await new Promise<EngineRun>((resolve, reject) => {
        this.#running = { jobId, onEvent: options.onEvent, resolve, reject };
        options.signal.addEventListener('abort', onAbort, { once: true });
        this.#process!.send({ type: 'run', jobId, request });
      });
    } finally {
      clearTimeout(graceTimer);
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends a pack's opening, if one is under way; whoever waits for it hears `cancelled`. */
  abandonOpening(): void {
    if (this.#status.state !== 'starting') return;
    this.#end();
    this.#report({ state: 'stopped', ...given });
    this.#waiters.settle(cancelledError());
  }

  /** Ends the engine's process between two jobs, and with it the memory it took; the next job opens the pack again. */
  unload(): void {
    if (this.#status.state !== 'ready' || this.#running !== null) return;
    this.#end();
    this.#report({ state: 'stopped', ...given });
  }

  /** For good: no process is started after it. */
  stop(): void {
    this.#stopped = true;
    this.#end();
    this.#failRunning(closing());
    this.#waiters.settle(closing());
    this.#report({ state: 'stopped', ...given });
  }

  #start(): void {
    const started = piecewise(this.#options.launch());
    this.#process = started;
    this.#report({ state: 'starting', error: null, ...given });
    // A process that was given up may still speak; it is no longer listened to.
    started.onMessage((message) => {
      if (this.#process === started) this.#receive(message);
    });
    started.onExit((reason) => {
      if (this.#process === started) this.#died(reason);
    });
    const { threads, verdictFile } = this.#options;
    this.#limitOpening();
    // Providers asked for by name are tried as asked.
    const providers = this.#options.providers ?? (this.#diedOpening ? ['cpu'] : providersOf(this.#device));
    started.send({
      type: 'open',
      packDirectory: this.#packDirectory!,
      ...(providers === undefined ? {} : { providers }),
      ...(threads === undefined ? {} : { threads }),
      ...(verdictFile === undefined ? {} : { verdictFile }),
      ...(this.#remote === null ? {} : { remote: this.#remote }),
    });
  }

  #receive(message: FromEngine): void {
    switch (message.type) {
      case 'ready': {
        clearTimeout(this.#openTimer);
        const { pack, provider, attempts, devices } = message.ready;
        this.#pack = pack;
        const before = this.#diedOpening && this.#options.providers === undefined ? `${diedWhileTrying} ` : '';
        this.#report({
          state: 'ready',
          provider,
          providerReason: before + reasonOf(attempts),
          device: deviceName(provider, devices),
          devices,
          checking: null,
          error: null,
        });
        return this.#waiters.settle(null);
      }
      case 'open-failed':
        this.#end();
        this.#report({ state: 'failed', providerReason: reasonOf(message.attempts), error: message.error, ...given });
        return this.#waiters.settle(reviveError(message.error));
      case 'checking':
        // Only a pack that brings nothing for so long has stuck: gigabytes on a slow disk take their time.
        this.#limitOpening();
        return this.#report({ checking: { done: message.done, total: message.total } });
      case 'memory':
        return this.#report({ memory: message.residentBytes });
      case 'graphs':
        return this.#report({ graphs: message.open });
      case 'servers':
        return this.#report({ remote: message.work });
      case 'events':
        for (const event of message.events) {
          if (this.#running?.jobId === message.jobId) this.#running.onEvent(event);
        }
        return;
      case 'done':
        this.#crashesInARow = 0;
        return this.#takeRunning(message.jobId)?.resolve({ result: message.result, timing: message.timing });
      case 'failed':
        return this.#takeRunning(message.jobId)?.reject(reviveError(message.error));
    }
  }

  #limitOpening(): void {
    const { openLimitMs } = this.#options;
    clearTimeout(this.#openTimer);
    this.#openTimer = setTimeout(() => this.#openingTookTooLong(openLimitMs), openLimitMs);
  }

  #openingTookTooLong(milliseconds: number): void {
    this.#end();
    const error = openingTookTooLong(milliseconds, this.#packDirectory ?? '');
    this.#report({ state: 'failed', error: serialiseError(error), ...given });
    this.#waiters.settle(error);
  }

  #died(reason: string): void {
    clearTimeout(this.#openTimer);
    this.#process = null;
    if (this.#status.state === 'starting') this.#diedOpening = true;
    this.#failRunning(engineStopped(reason));
    const delay = this.#options.restartDelaysMs[this.#crashesInARow++];
    if (delay === undefined) {
      const error = keepsStopping(reason);
      this.#report({ state: 'failed', error: serialiseError(error), ...given });
      return this.#waiters.settle(error);
    }
    this.#report({ state: 'starting', ...given, restarts: this.#status.restarts + 1 });
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = undefined;
      this.#start();
    }, delay);
  }

  /** Ending a job on request is no crash: the next process starts at once. */
  #endStubborn(): void {
    this.#end();
    this.#failRunning(cancelledError());
    this.#report({ restarts: this.#status.restarts + 1 });
    this.#start();
  }

  #end(): void {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#openTimer);
    this.#restartTimer = undefined;
    const ended = this.#process;
    this.#process = null;
    ended?.kill();
  }

  #takeRunning(jobId: string): RunningJob | null {
    const running = this.#running;
    if (running?.jobId !== jobId) return null;
    this.#running = null;
    return running;
  }

  #failRunning(error: StudioError): void {
    const running = this.#running;
    this.#running = null;
    running?.reject(error);
  }

  #report(change: Partial<EngineStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus?.(this.#status, this.#pack);
  }
}

/** A chosen device that is not there any more must not keep the studio from working. */
function providersOf(device: string | null): string[] | undefined {
  if (device === null) return undefined;
  return device === 'cpu' ? ['cpu'] : [device, 'cpu'];
}

function chosenOf(remote: RemoteOptions | null): EngineStatus['chosenServers'] {
  return (remote?.servers ?? []).map(({ url, token }) => ({ url, hasToken: token !== undefined }));
}

function reasonOf(attempts: readonly ProviderAttempt[]): string {
  return attempts.map(({ reason }) => reason).join(' ');
}
