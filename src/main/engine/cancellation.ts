import { setImmediate } from 'node:timers/promises';
import { cancelledError } from '../../shared/errors.js';

/**
 * Between two runs of a graph: lets waiting messages in (a run blocks the thread) and ends the job when it was cancelled.
 * Throws `cancelled`.
 */
export async function checkpoint(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw cancelledError();
}
