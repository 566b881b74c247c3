/**
 * Reads pictures in threads that can be ended: one for large pictures, one after the other, and one for small ones, which
 * never wait for a large one. What takes too long or is no longer wanted ends with its thread. What a project is to keep
 * goes from there to the thread that writes.
 */
import { Worker } from 'node:worker_threads';
import { cancelledError, reviveError, StudioError } from '../../shared/errors.js';
import { readImageHeader } from '../storage/images/image-header.js';
import { ownBuffer } from './own-buffer.js';
import { pictureBudget, type PictureBudget } from './picture-budget.js';
import type { ProjectPlace } from '../storage/projects/picture-store.js';
import type { KeepingTask, PictureReader, PictureTask, Stored, TaskInput, TaskOutput } from './picture-tasks.js';
import type { TaskAnswer, TaskMessage } from './picture-worker.js';
import { PictureWriter } from './picture-writer.js';

interface Waiting {
  message: TaskMessage;
  transfer: ArrayBuffer[];
  /** What is done with the answer while nothing else may begin. */
  finish?: (answer: unknown) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: StudioError) => void;
}

/** The built programs of the threads: picture-worker and picture-writing. */
export interface PictureScripts {
  read: string;
  write: string;
}

export class PictureWorkers implements PictureReader {
  readonly #large: Lane;
  readonly #small: Lane;
  readonly #writer: PictureWriter;
  readonly #budget: PictureBudget;

  constructor(scripts: PictureScripts, budget: Partial<PictureBudget> = {}) {
    this.#budget = { ...pictureBudget, ...budget };
    this.#large = new Lane(scripts.read, this.#budget);
    this.#small = new Lane(scripts.read, this.#budget);
    this.#writer = new PictureWriter(scripts.write);
  }

  run<Task extends PictureTask>(
    task: Task,
    input: TaskInput<Task>,
    options: { signal?: AbortSignal } = {},
  ): Promise<TaskOutput<Task>> {
    return this.#run(task, input, options);
  }

  runInto<Task extends KeepingTask>(
    task: Task,
    input: TaskInput<Task>,
    into: ProjectPlace,
    options: { signal?: AbortSignal } = {},
  ): Promise<Stored<TaskOutput<Task>>> {
    return this.#run(task, input, options, async ({ picture, ...rest }: TaskOutput<Task>) => ({
      ...rest,
      stored: await this.#writer.store(into, picture),
    }));
  }

  #run<Task extends PictureTask, Result>(
    task: Task,
    input: TaskInput<Task>,
    { signal }: { signal?: AbortSignal },
    finish?: (answer: TaskOutput<Task>) => Promise<Result>,
  ): Promise<Result> {
    const lane = pixelsOf(input) > this.#budget.smallPixels ? this.#large : this.#small;
    const { owned, transfer } = handedOver(task, input);
    return new Promise<Result>((resolve, reject) => {
      if (signal?.aborted === true) return reject(cancelledError());
      const onAbort = (): void => lane.cancel(waiting);
      const waiting: Waiting = {
        message: { task, input: owned },
        transfer,
        ...(finish === undefined ? {} : { finish: (answer) => finish(answer as TaskOutput<Task>) }),
        resolve: (value) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(value as Result);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      lane.add(waiting);
    });
  }

  close(): void {
    this.#large.close();
    this.#small.close();
    this.#writer.close();
  }
}

/** One thread and what waits for it. */
class Lane {
  #waiting: Waiting[] = [];
  #running: Waiting | null = null;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly script: string,
    private readonly budget: PictureBudget,
  ) {}

  add(waiting: Waiting): void {
    if (this.#closed) return waiting.reject(cancelledError());
    this.#waiting.push(waiting);
    this.#next();
  }

  cancel(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((one) => one !== waiting);
    if (this.#running === waiting) this.#end(cancelledError());
    else waiting.reject(cancelledError());
  }

  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(cancelledError());
    this.#end(cancelledError());
  }

  #next(): void {
    if (this.#running !== null) return;
    const next = this.#waiting.shift();
    clearTimeout(this.#timer);
    if (next === undefined) {
      this.#timer = setTimeout(() => this.#end(null), this.budget.idleMilliseconds).unref();
      this.#worker?.unref();
      return;
    }
    this.#running = next;
    if (this.#worker === null) this.#worker = this.#start();
    else this.#watch();
    const worker = this.#worker;
    worker.ref();
    worker.postMessage(next.message, next.transfer);
  }

  #watch(): void {
    this.#timer = setTimeout(() => this.#end(tooSlow(this.budget.milliseconds)), this.budget.milliseconds);
  }

  #start(): Worker {
    // Libraries write to the console what they do not know in a file, letters for a terminal among it: nobody hears it.
    const worker = new Worker(this.script, {
      resourceLimits: { maxOldGenerationSizeMb: this.budget.heapMegabytes },
      stdout: true,
      stderr: true,
    });
    worker.stdout.resume();
    worker.stderr.resume();
    const ifCurrent = (act: () => void) => (): void => {
      if (this.#worker === worker) act();
    };
    // Starting a thread on a busy machine takes longer than many a picture.
    worker.once(
      'online',
      ifCurrent(() => this.#watch()),
    );
    worker.on('message', (answer: TaskAnswer) => ifCurrent(() => this.#settle(answer))());
    worker.once('error', (error) => ifCurrent(() => this.#end(failed(error)))());
    worker.once(
      'exit',
      ifCurrent(() => this.#end(failed(null))),
    );
    return worker;
  }

  #settle(answer: TaskAnswer): void {
    const done = this.#running;
    if (done === null) return;
    clearTimeout(this.#timer);
    const then = (settle: () => void): void => {
      // It may have been cancelled meanwhile, and another one begun.
      if (this.#running === done) this.#running = null;
      settle();
      this.#next();
    };
    if ('error' in answer) return then(() => done.reject(reviveError(answer.error)));
    if (done.finish === undefined) return then(() => done.resolve(answer.value));
    done.finish(answer.value).then(
      (value) => then(() => done.resolve(value)),
      (error: unknown) => then(() => done.reject(error as StudioError)),
    );
  }

  /** Ends the thread whatever it is doing; the next task gets another one. */
  #end(error: StudioError | null): void {
    clearTimeout(this.#timer);
    const [worker, ended] = [this.#worker, this.#running];
    this.#worker = null;
    this.#running = null;
    void worker?.terminate();
    if (error !== null) ended?.reject(error);
    if (this.#waiting.length > 0) this.#next();
  }
}

/** By what the file states; what states nothing is refused at once and so small. */
function pixelsOf(input: { bytes: Uint8Array } | { image: { width: number; height: number } }): number {
  try {
    const { width, height } = 'image' in input ? input.image : readImageHeader(input.bytes);
    return width * height;
  } catch {
    return 0;
  }
}

/** From here on a picture is not copied: with it goes the whole message it came in, and this thread holds none of it any more. */
const largeBytes = 1024 * 1024;

/**
 * Small bytes may share their memory with other messages: exactly they are copied, once. Large ones lie in memory of their own, whoever
 * brought them, and change hands; so do pixels that are to be kept.
 */
function handedOver<Input extends { bytes: Uint8Array } | { image: { data: Uint8Array } }>(
  task: PictureTask,
  input: Input,
): { owned: Input; transfer: ArrayBuffer[] } {
  if ('bytes' in input) {
    const { buffer, length } = input.bytes;
    if (length >= largeBytes && buffer instanceof ArrayBuffer) return { owned: input, transfer: [buffer] };
    const bytes = Uint8Array.from(input.bytes);
    return { owned: { ...input, bytes }, transfer: [bytes.buffer] };
  }
  return { owned: input, transfer: task === 'keep' ? ownBuffer(input.image.data) : [] };
}

function tooSlow(milliseconds: number): StudioError {
  return new StudioError(
    'image-too-large',
    `The image takes longer than ${milliseconds / 1000} seconds to read, which is the most.`,
    'Make it smaller in another program, then try again.',
  );
}

function failed(error: unknown): StudioError {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new StudioError(
      'image-too-large',
      'The image needs more memory than reading one may take.',
      'Make it smaller in another program, then try again.',
      { cause: error },
    );
  }
  return new StudioError('image-unreadable', 'The image could not be read: its reader ended.', 'Try again.', {
    cause: error,
  });
}
