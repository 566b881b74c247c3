/** The reader of pictures for the length of one command; ending it ends whatever picture is being read. */
import { applicationPaths } from '../application.js';
import { PictureWorkers } from '../pictures/picture-workers.js';
import type { PictureReader } from '../pictures/picture-tasks.js';

/** What was not taken over as it stands, one sentence. */
export interface PictureRemark {
  file: string;
  note: string;
}

let reader: PictureReader | undefined;
let hear: (remark: PictureRemark) => void = () => {};

/** Told before a command begins, so that no command has to remember to say it. */
export function hearRemarks(listener: (remark: PictureRemark) => void): void {
  hear = listener;
}

export function remarkOn(file: string, notes: readonly string[]): void {
  for (const note of notes) hear({ file, note });
}

export function commandPictures(): PictureReader {
  return (reader ??= new PictureWorkers(applicationPaths().pictureScripts));
}

/** Whatever is being read ends with `cancelled`. */
export function endPictures(): void {
  reader?.close();
  reader = undefined;
}
