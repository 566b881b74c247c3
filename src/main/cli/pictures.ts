/** The reader of pictures for the length of one command; ending it ends whatever picture is being read. */
import { applicationPaths } from '../application.js';
import { PictureWorkers } from '../pictures/picture-workers.js';
import type { PictureReader } from '../pictures/picture-tasks.js';

let reader: PictureReader | undefined;

export function commandPictures(): PictureReader {
  return (reader ??= new PictureWorkers(applicationPaths().pictureScript));
}

/** Whatever is being read ends with `cancelled`. */
export function endPictures(): void {
  reader?.close();
  reader = undefined;
}
