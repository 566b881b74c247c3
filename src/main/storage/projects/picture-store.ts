/**
 * Puts a picture into a project from any thread, past whoever has the file open: the row of a large one has tens of megabytes, which
 * SQLite copies page by page and waits for the disk to take, and the thread that serves windows must not.
 */
import { pathToFileURL } from 'node:url';
import type { StoredImage } from '../../../shared/pictures/images.js';
import { Database } from '../database/database.js';
import { failureInWords } from '../database/storage-errors.js';
import type { KeptPicture } from '../images/images.js';
import { writerPatienceMs } from './project-database.js';

/** The file of a project that is open for writing in this process. */
export interface ProjectPlace {
  path: string;
  /** As it was opened with. */
  maxPages?: number;
}

/** Once per content. Throws `disk-full`, `project-read-only`, or `not-found` when the file is gone; the file is then as it was. */
export function storePicture({ path, maxPages }: ProjectPlace, picture: KeptPicture): StoredImage {
  // As an address: a path alone would make the file of a project that was deleted meanwhile.
  const database = new Database(`${pathToFileURL(path).href}?mode=rw`, {
    patienceMs: writerPatienceMs,
    words: (kind, cause) => failureInWords(kind === 'unopenable' ? 'missing' : kind, path, cause),
  });
  try {
    database.exec('PRAGMA synchronous = FULL');
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    const stored = insertPicture(database, picture);
    // From the log into the file here too, where it keeps nobody waiting; what another thread writes meanwhile stays for later.
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return stored;
  } finally {
    database.release();
  }
}

export function insertPicture(database: Database, { png, imageId, width, height }: KeptPicture): StoredImage {
  database.run(
    'INSERT OR IGNORE INTO images (id, width, height, bytes) VALUES (?, ?, ?, ?)',
    ...[imageId, width, height, png],
  );
  return { imageId, width, height };
}
