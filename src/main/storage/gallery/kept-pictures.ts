/**
 * What the gallery itself knows and nobody else does: stars, the trash, and the pictures that have left every board. It
 * is no index: a damaged file is set aside, never removed.
 */
import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { StudioError } from '../../../shared/errors.js';
import type { Frame } from '../../../shared/document.js';
import type { GalleryMark } from '../../../shared/gallery.js';
import { isDamage, preparedOnce } from '../database/rebuildable.js';
import { closeDatabase } from '../database/connection.js';
import { diskFull, isFull } from '../database/storage-errors.js';
import type { KeptRecord } from './picture-index.js';

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
  readonly #database: DatabaseSyncInstance;
  readonly #prepare: ReturnType<typeof preparedOnce>;
  /** Why nothing can be kept; null when it can. */
  readonly failure: Error | null;
  /** Where a damaged file was put; null when there was none. */
  readonly setAside: string | null;

  /** Never throws: what cannot be opened is empty, and says so at the first change. */
  constructor(path: string) {
    let setAside: string | null = null;
    try {
      mkdirSync(dirname(path), { recursive: true });
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
      this.#database = new DatabaseSync(':memory:');
      this.#database.exec(schema);
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
    this.setAside = setAside;
    this.#prepare = preparedOnce(this.#database);
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
      const prepared = this.#prepare(statement);
      const dated = mark === 'star' || mark === 'trash';
      return imageIds.reduce(
        (changed, id) => changed + Number(dated ? prepared.run(id, now).changes : prepared.run(id).changes),
        0,
      );
    });
  }

  isStarred(imageId: string): boolean {
    return this.#prepare('SELECT 1 FROM stars WHERE image_id = ?').get(imageId) !== undefined;
  }

  isTrashed(imageId: string): boolean {
    return this.#prepare('SELECT 1 FROM trash WHERE image_id = ?').get(imageId) !== undefined;
  }

  /** The ids of all marked pictures, to compare with what an index believes. */
  marked(): { starred: Set<string>; trashed: Set<string>; kept: Set<string> } {
    const ids = (table: 'stars' | 'trash' | 'pictures') =>
      new Set(
        (this.#prepare(`SELECT image_id FROM ${table}`).all() as { image_id: string }[]).map(({ image_id: id }) => id),
      );
    return { starred: ids('stars'), trashed: ids('trash'), kept: ids('pictures') };
  }

  /** Takes a picture that left its last board into the trash. Without a disk it is lost with its project's undo history. */
  keep(imageId: string, { frame, projectId, projectName }: KeptRecord, bytes: Uint8Array): void {
    if (this.failure !== null) return;
    this.#transaction(() => {
      this.#prepare(
        'INSERT OR IGNORE INTO pictures (image_id, project_id, project_name, frame, bytes) VALUES (?, ?, ?, ?, ?)',
      ).run(imageId, projectId, projectName, JSON.stringify(frame), bytes);
      this.#prepare('INSERT OR IGNORE INTO trash (image_id, marked_at, automatic) VALUES (?, ?, 1)').run(
        imageId,
        new Date().toISOString(),
      );
    });
  }

  /** A board shows it again, and its project keeps it from now on. */
  release(imageId: string): void {
    this.#prepare('DELETE FROM pictures WHERE image_id = ?').run(imageId);
    this.#prepare('DELETE FROM trash WHERE image_id = ? AND automatic = 1').run(imageId);
  }

  record(imageId: string): KeptRecord | null {
    const row = this.#prepare('SELECT project_id, project_name, frame FROM pictures WHERE image_id = ?').get(
      imageId,
    ) as { project_id: string; project_name: string; frame: string } | undefined;
    if (row === undefined) return null;
    return { frame: JSON.parse(row.frame) as Frame, projectId: row.project_id, projectName: row.project_name };
  }

  /** PNG bytes, null when it is not kept. */
  readImage(imageId: string): Uint8Array | null {
    const row = this.#prepare('SELECT bytes FROM pictures WHERE image_id = ?').get(imageId) as
      { bytes: Uint8Array } | undefined;
    return row?.bytes ?? null;
  }

  /** For good. Throws `gallery-unwritable` or `disk-full`. */
  forget(imageIds: readonly string[]): void {
    this.#assertWritable();
    this.#transaction(() => {
      for (const table of ['pictures', 'trash', 'stars'] as const) {
        const remove = this.#prepare(`DELETE FROM ${table} WHERE image_id = ?`);
        for (const id of imageIds) remove.run(id);
      }
    });
  }

  close(): void {
    closeDatabase(this.#database);
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

  #transaction<Result>(work: () => Result): Result {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
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

function open(path: string): DatabaseSyncInstance {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 2000');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === 0) database.exec(schema);
    // FULL: a star that was set survives a power cut.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ROLLBACK');
    database.prepare('SELECT count(*) FROM stars, trash, pictures').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
