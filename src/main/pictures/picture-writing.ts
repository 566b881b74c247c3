/** Entry of the thread that writes pictures into projects: one after the other, and it is never ended while it writes. */
import { parentPort, workerData } from 'node:worker_threads';
import { serialiseError, type SerialisedError } from '../../shared/errors.js';
import type { StoredImage } from '../../shared/pictures/images.js';
import type { KeptPicture } from '../storage/images/images.js';
import { storePicture, type ProjectPlace } from '../storage/projects/picture-store.js';

export interface WritingMessage {
  into: ProjectPlace;
  picture: KeptPicture;
}

export type WritingAnswer = { stored: StoredImage } | { error: SerialisedError };

/** How many things are behind it: that it was loaded, and each picture. Whoever ends the program waits for it without a message. */
const done = new Int32Array(workerData as SharedArrayBuffer);

function countOne(): void {
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
}

parentPort?.on('message', ({ into, picture }: WritingMessage) => {
  let answer: WritingAnswer;
  try {
    answer = { stored: storePicture(into, picture) };
  } catch (error) {
    answer = { error: serialiseError(error) };
  }
  countOne();
  parentPort!.postMessage(answer);
});
countOne();
