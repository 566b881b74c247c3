/**
 * Writes pictures into projects in a thread of its own. It lives as long as the program and is never ended in the middle of its work, loading
 * included: a thread that is stopped inside of SQLite's binding takes the whole process along
 * (docs/decisions/0108-writing-threads-are-not-ended.md).
 */
import { Worker } from 'node:worker_threads';
import { cancelledError, reviveError, StudioError } from '../../shared/errors.js';
import type { StoredImage } from '../../shared/pictures/images.js';
import type { KeptPicture } from '../storage/images/images.js';
import type { ProjectPlace } from '../storage/projects/picture-store.js';
import { ownBuffer } from './own-buffer.js';
import type { WritingAnswer, WritingMessage } from './picture-writing.js';

interface Asked {
  resolve: (stored: StoredImage) => void;
  reject: (error: StudioError) => void;
}

interface Thread {
  worker: Worker;
  /** In the order in which they are answered. */
  asked: Asked[];
  /** Counted by the thread itself: that it was loaded, and each picture. */
  done: Int32Array;
  /** What `done` will be when nothing is left to do. */
  expected: number;
}

/** How long the end of the program waits for a slow disk, in milliseconds. */
const patienceMs = 10_000;

export class PictureWriter {
  #thread: Thread | null = null;
  #closed = false;

  /** `script`: the built picture-writing. */
  constructor(private readonly script: string) {}

  /** The bytes go along where they have their memory to themselves. Throws what `storePicture` throws, `cancelled` once it is closed. */
  store(into: ProjectPlace, picture: KeptPicture): Promise<StoredImage> {
    if (this.#closed) return Promise.reject(cancelledError());
    const thread = (this.#thread ??= this.#start());
    const message: WritingMessage = { into, picture };
    return new Promise((resolve, reject) => {
      thread.asked.push({ resolve, reject });
      thread.expected++;
      thread.worker.ref();
      thread.worker.postMessage(message, ownBuffer(picture.png));
    });
  }

  /** What was asked for is written, and this thread stands still meanwhile: the process may end right after. Never throws. */
  close(): void {
    this.#closed = true;
    const thread = this.#thread;
    this.#thread = null;
    if (thread === null) return;
    for (const { reject } of thread.asked.splice(0)) reject(cancelledError());
    thread.worker.unref();
    if (waitUntilDone(thread)) void thread.worker.terminate();
  }

  #start(): Thread {
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const worker = new Worker(this.script, { workerData: done.buffer });
    const thread: Thread = { worker, asked: [], done, expected: 1 };
    worker.unref();
    worker.on('message', (answer: WritingAnswer) => {
      const first = thread.asked.shift();
      if ('error' in answer) first?.reject(reviveError(answer.error));
      else first?.resolve(answer.stored);
      if (thread.asked.length === 0) worker.unref();
    });
    const ended = (cause: unknown): void => {
      if (this.#thread === thread) this.#thread = null;
      for (const { reject } of thread.asked.splice(0)) reject(failed(cause));
    };
    worker.once('error', ended);
    worker.once('exit', () => ended(null));
    return thread;
  }
}

/** Whether it has nothing left to do. */
function waitUntilDone({ done, expected }: Thread): boolean {
  const until = performance.now() + patienceMs;
  for (;;) {
    const count = Atomics.load(done, 0);
    const left = until - performance.now();
    if (count === expected || left <= 0) return count === expected;
    Atomics.wait(done, 0, count, left);
  }
}

function failed(cause: unknown): StudioError {
  return new StudioError('internal', 'The picture could not be kept: what writes it ended.', 'Try again.', { cause });
}
