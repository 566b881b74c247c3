/** Installations of one kind, for all windows: one at a time, stopped by the window that began it or with the studio. */
import { cancelledError, StudioError } from '../../shared/errors.js';

/** A window is told how far it is at most so often, ms. */
const progressEvery = 100;

interface Progress {
  phase: string;
  done: number;
  total: number;
}

/** Passes on the beginning and the end of every phase, and of what comes between only some. */
export function notTooOften<Told extends Progress>(tell: (progress: Told) => void): (progress: Told) => void {
  let last = { phase: '', at: 0 };
  return (progress) => {
    const { phase, done, total } = progress;
    if (phase === last.phase && done < total && Date.now() - last.at < progressEvery) return;
    last = { phase, at: Date.now() };
    tell(progress);
  };
}

export class OneInstallation<Client extends object> {
  readonly #what: string;
  #running: { client: Client; abort: AbortController } | null = null;

  /** `what` is being installed, as a sentence begins. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Throws `bad-request` while one is under way. */
  assertNone(): void {
    if (this.#running === null) return;
    throw new StudioError(
      'bad-request',
      `${this.#what} is being installed already.`,
      'Wait until it is done, or stop it.',
    );
  }

  /** Throws what `install` throws, `cancelled` where it was stopped, and `bad-request` while another one is under way. */
  async run<Result>(client: Client, install: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.assertNone();
    const abort = new AbortController();
    this.#running = { client, abort };
    try {
      return await install(abort.signal);
    } catch (error) {
      throw abort.signal.aborted ? cancelledError() : error;
    } finally {
      this.#running = null;
    }
  }

  /** Whether there was one to stop. A window stops its own; without one whatever runs is stopped. */
  stop(client?: Client): boolean {
    if (this.#running === null || (client !== undefined && this.#running.client !== client)) return false;
    this.#running.abort.abort();
    return true;
  }
}
