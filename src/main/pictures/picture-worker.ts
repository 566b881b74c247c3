/** Entry of the thread that reads pictures: one task after the other, nothing kept between them. */
import { parentPort } from 'node:worker_threads';
import { serialiseError, type SerialisedError } from '../../shared/errors.js';
import { loadWebpDecoder } from '../storage/images/webp.js';
import { isWebp } from '../storage/images/webp-chunks.js';
import { pictureTasks, type PictureTask, type TaskInput } from './picture-tasks.js';

export interface TaskMessage {
  task: PictureTask;
  input: TaskInput<PictureTask>;
}

export type TaskAnswer = { value: unknown } | { error: SerialisedError };

parentPort?.on('message', (message: TaskMessage) => {
  void answerTo(message).then((answer) => parentPort!.postMessage(answer, buffersIn(answer)));
});

async function answerTo({ task, input }: TaskMessage): Promise<TaskAnswer> {
  try {
    if ('bytes' in input && isWebp(input.bytes)) await loadWebpDecoder();
    return { value: (pictureTasks[task] as (input: unknown) => unknown)(input) };
  } catch (error) {
    return { error: serialiseError(error) };
  }
}

/** Pixels are handed over, not copied. */
function buffersIn(value: unknown, depth = 0): ArrayBuffer[] {
  if (value instanceof Uint8Array) {
    const isWhole = value.byteLength === value.buffer.byteLength;
    return isWhole && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  }
  if (typeof value !== 'object' || value === null || depth === 3) return [];
  return [...new Set(Object.values(value).flatMap((one) => buffersIn(one, depth + 1)))];
}
