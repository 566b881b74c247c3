/**
 * What the gallery itself knows and nobody else does: stars, the trash, and the pictures that have left every board. It
 * is no index: a damaged file is set aside, never removed.
 */
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import type { GalleryMark } from '../../../shared/contract/gallery.js';
import { Database, type Value } from '../database/database.js';
import { makeFolder } from '../database/folders.js';
import { isDamage } from '../database/rebuildable.js';
import { diskFull, galleryInWords, isFull } from '../database/storage-errors.js';
import { imageIdOf } from '../images/images.js';
import type { KeptRecord } from './picture-index.js';
import { frameFrom } from './rows.js';

const schema = `
  PRAGMA auto_vacuum = FULL;
  BEGIN IMMEDIATE;
  CREATE TABLE stars (image_id TEXT PRIMARY KEY, marked_at TEXT NOT NULL) STRICT;
  -- automatic: it came here because its last frame was deleted, and leaves when a frame shows it again.
  CREATE TABLE trash (image_id TEXT PRIMARY KEY, marked_at TEXT NOT NULL, automatic INTEGER NOT NULL) STRICT;
  CREATE TABLE pictures (
    image_id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    project_name TEXT NOT NULL,
    frame TEXT NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  PRAGMA user_version = 1;
  COMMIT`;

export class KeptPictures {
  readonly #database: Database;
  /** Why nothing can be kept; null when it can. */
  readonly failure: Error | null;
  /** Where a damaged file was put; null when there was none. */
  readonly setAside: string | null;

  /** Never throws: what cannot be opened is empty, and says so at the first change. */
  constructor(path: string) {
    let setAside: string | null = null;
    try {
      makeFolder(dirname(path));
      try {
        this.#database = open(path);
      } catch (error) {
        if (!isDamage(error)) throw error;
        setAside = `${path}.damaged-${Date.now()}`;
        renameSync(path, setAside);
        this.#database = open(path);
      }
      this.failure = null;
    } catch (error) {
      this.#database = new Database(':memory:', { words: galleryInWords });
      this.#database.exec(schema);
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
    this.setAside = setAside;
  }

  /** Throws `gallery-unwritable` or `disk-full`. Returns how many changed. */
  mark(imageIds: readonly string[], mark: GalleryMark, now = new Date().toISOString()): number {
    this.#assertWritable();
    const statement = {
      star: 'INSERT OR IGNORE INTO stars (image_id, marked_at) VALUES (?, ?)',
      unstar: 'DELETE FROM stars WHERE image_id = ?',
      trash: 'INSERT OR IGNORE INTO trash (image_id, marked_at, automatic) VALUES (?, ?, 0)',
      restore: 'DELETE FROM trash WHERE image_id = ?',
    }[mark];
    return this.#transaction(() => {
      const dated = mark === 'star' || mark === 'trash' ? [now] : [];
      return imageIds.reduce((changed, id) => changed + this.#database.run(statement, id, ...dated), 0);
    });
  }

  isStarred(imageId: string): boolean {
    return this.#look('SELECT 1 FROM stars WHERE image_id = ?', imageId) !== undefined;
  }

  isTrashed(imageId: string): boolean {
    return this.#look('SELECT 1 FROM trash WHERE image_id = ?', imageId) !== undefined;
  }

  /** The ids of all marked pictures, to compare with what an index believes. */
  marked(): { starred: Set<string>; trashed: Set<string>; kept: Set<string> } {
    const ids = (table: 'stars' | 'trash' | 'pictures') =>
      new Set(this.#database.all<{ image_id: string }>(`SELECT image_id FROM ${table}`).map(({ image_id: id }) => id));
    return { starred: ids('stars'), trashed: ids('trash'), kept: ids('pictures') };
  }

  /** Takes a picture that left its last board into the trash. Without a disk it is lost with its project's undo history. */
  keep(imageId: string, { frame, projectId, projectName }: KeptRecord, bytes: Uint8Array): void {
    if (this.failure !== null) return;
    this.#transaction(() => {
      this.#database.run(
        'INSERT OR IGNORE INTO pictures (image_id, project_id, project_name, frame, bytes) VALUES (?, ?, ?, ?, ?)',
        ...[imageId, projectId, projectName, JSON.stringify(frame), bytes],
      );
      this.#database.run(
        'INSERT OR IGNORE INTO trash (image_id, marked_at, automatic) VALUES (?, ?, 1)',
        ...[imageId, new Date().toISOString()],
      );
    });
  }

  /** A board shows it again, and its project keeps it from now on. */
  release(imageId: string): void {
    this.#database.run('DELETE FROM pictures WHERE image_id = ?', imageId);
    this.#database.run('DELETE FROM trash WHERE image_id = ? AND automatic = 1', imageId);
  }

  /** Null when it is not kept, or what is known of it cannot be read any more. */
  record(imageId: string): KeptRecord | null {
    try {
      const row = this.#database.get<{ project_id: string; project_name: string; frame: string }>(
        'SELECT project_id, project_name, frame FROM pictures WHERE image_id = ?',
        imageId,
      );
      if (row === undefined) return null;
      return { frame: frameFrom(row.frame), projectId: row.project_id, projectName: row.project_name };
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  /** PNG bytes, null when it is not kept as it was. */
  readImage(imageId: string): Uint8Array | null {
    const bytes = this.#look<{ bytes: Uint8Array }>('SELECT bytes FROM pictures WHERE image_id = ?', imageId)?.bytes;
    return bytes !== undefined && imageIdOf(bytes) === imageId ? bytes : null;
  }

  /** For good. Throws `gallery-unwritable` or `disk-full`. */
  forget(imageIds: readonly string[]): void {
    this.#assertWritable();
    this.#transaction(() => {
      for (const table of ['pictures', 'trash', 'stars'] as const) {
        for (const id of imageIds) this.#database.run(`DELETE FROM ${table} WHERE image_id = ?`, id);
      }
    });
  }

  close(): void {
    this.#database.close();
  }

  #assertWritable(): void {
    if (this.failure === null) return;
    throw new StudioError(
      'gallery-unwritable',
      'Stars and the trash cannot be saved: the gallery’s folder could not be written when DDT Studio started.',
      'Make the folder “gallery” in the data folder writable, or free some space, then start DDT Studio again.',
      { cause: this.failure },
    );
  }

  /** What is damaged is not there; the next start sets the file aside and says so. */
  #look<Row>(sql: string, ...values: Value[]): Row | undefined {
    try {
      return this.#database.get<Row>(sql, ...values);
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
  }

  #transaction<Result>(work: () => Result): Result {
    try {
      return this.#database.transaction(work);
    } catch (error) {
      throw galleryUnwritable(error);
    }
  }
}

export function galleryUnwritable(cause: unknown): StudioError {
  if (isFull(cause)) return diskFull(cause, 'stars and the trash were not saved');
  return new StudioError(
    'gallery-unwritable',
    'Stars and the trash cannot be saved: the gallery’s folder may not be written.',
    'Make the folder “gallery” in the data folder writable and try again.',
    { cause },
  );
}

function open(path: string): Database {
  const database = new Database(path, { words: galleryInWords });
  try {
    const version = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version;
    if (version === 0) database.exec(schema);
    // FULL: a star that was set survives a power cut.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ROLLBACK');
    for (const table of ['stars', 'trash', 'pictures']) database.get(`SELECT image_id FROM ${table} LIMIT 1`);
    return database;
  } catch (error) {
    database.release();
    throw error;
  }
}
