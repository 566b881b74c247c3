/** Many who wait for one thing, and waiting that can be given up. */
import { cancelledError, type StudioError } from '../../shared/errors.js';

export class Waiters {
  #waiting: { resolve: () => void; reject: (error: StudioError) => void }[] = [];

  /** Until the next `settle`. Rejects with what that is given. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Null: what they wait for is there. */
  settle(error: StudioError | null): void {
    for (const waiter of this.#waiting.splice(0)) {
      if (error === null) waiter.resolve();
      else waiter.reject(error);
    }
  }
}

/** Throws `cancelled` as soon as the signal aborts, whatever becomes of the promise. */
export async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(cancelledError());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
