/** Entry of the thread that reads pictures: one task after the other, nothing kept between them. */
import { parentPort } from 'node:worker_threads';
import { serialiseError, type SerialisedError } from '../../shared/errors.js';
import { ownBuffer } from './own-buffer.js';
import { pictureTasks, type PictureTask } from './picture-tasks.js';

export interface TaskMessage {
  task: PictureTask;
  input: unknown;
}

export type TaskAnswer = { value: unknown } | { error: SerialisedError };

parentPort?.on('message', ({ task, input }: TaskMessage) => {
  let answer: TaskAnswer;
  try {
    answer = { value: (pictureTasks[task] as (input: unknown) => unknown)(input) };
  } catch (error) {
    answer = { error: serialiseError(error) };
  }
  parentPort!.postMessage(answer, buffersIn(answer));
});

/** Pixels are handed over, not copied. */
function buffersIn(value: unknown, depth = 0): ArrayBuffer[] {
  if (value instanceof Uint8Array) return ownBuffer(value);
  if (typeof value !== 'object' || value === null || depth === 3) return [];
  return [...new Set(Object.values(value).flatMap((one) => buffersIn(one, depth + 1)))];
}
