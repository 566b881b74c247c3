/** Opening a project file: what it claims to be is checked, read-only, before anything could change it. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StudioError } from '../../../shared/errors.js';
import { Database } from '../database/database.js';
import {
  diskFull,
  isFull,
  isUnwritable,
  openingError,
  projectDamaged,
  storageError,
  writingError,
} from '../database/storage-errors.js';
import { applicationId, migrate, migrations, versionOf } from './migrations.js';
import { assertTables } from './project-tables.js';
import type { Migration } from './versions/migration.js';

export interface DatabaseOptions {
  /** Most pages of the file; only tests of a full disk set it. */
  maxPages?: number;
  migrations?: readonly Migration[];
}

/**
 * How long one who writes a project waits for another who does: a thread that puts a large picture into it (`picture-store.ts`) is
 * done in the time the disk takes for some ten megabytes.
 */
export const writerPatienceMs = 10_000;

/** Every SQLite file begins with a header of this size (sqlite.org/fileformat.html, 1.3). */
const headerBytes = 100;

/**
 * Writes a new project file and fills it with `populate`. It gets its name only when it is whole, so a crash on the way
 * leaves no half project. Throws `disk-full` or `place-unwritable`, and then has left nothing; never overwrites.
 */
export function createDatabase(path: string, populate: (database: Database) => void): void {
  if (existsSync(path)) throw projectDamaged(path, 'a file of that name is already there');
  const unfinished = `${path}.new`;
  try {
    rmSync(unfinished, { force: true });
    const database = new Database(unfinished);
    try {
      database.exec(`PRAGMA synchronous = FULL; PRAGMA application_id = ${applicationId}`);
      migrate(database, 0);
      populate(database);
    } finally {
      database.release();
    }
    renameSync(unfinished, path);
  } catch (error) {
    for (const ending of ['', '-journal']) rmSync(unfinished + ending, { force: true });
    throw writingError(dirname(path), error, 'the project was not made');
  }
}

/** Throws `project-damaged`, `project-newer` or `not-found`, and then has changed nothing. */
export function openDatabase(path: string, mode: 'write' | 'read', options: DatabaseOptions = {}): Database {
  try {
    return openChecked(path, mode, options);
  } catch (error) {
    throw openingError(path, error);
  }
}

function openChecked(path: string, mode: 'write' | 'read', options: DatabaseOptions): Database {
  const looking = openUnchecked(path, options);
  let version: number;
  try {
    version = checkContents(path, looking, newestVersion(options));
    if (mode === 'write' && version < newestVersion(options)) keepCopy(looking, `${path}.version-${version}`);
  } catch (error) {
    looking.release();
    throw error;
  }
  if (mode === 'read') return looking;
  looking.release();
  const database = new Database(path, { patienceMs: writerPatienceMs });
  try {
    // FULL: what was committed survives a power cut, not only a crash of the program.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    migrate(database, version, options.migrations);
    return database;
  } catch (error) {
    database.release();
    throw error;
  }
}

/**
 * For a look at a file: its kind and its tables are checked, its contents are not. Asked of SQLite, never by reading the file
 * beside it: closing any other handle to a file drops the locks SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).
 */
export function openUnchecked(path: string, options: DatabaseOptions = {}): Database {
  try {
    // An empty file would pass as an empty database.
    if (statSync(path).size < headerBytes) throw projectDamaged(path, 'it is cut off');
    return openKnown(path, path, options);
  } catch (error) {
    // A file with a write-ahead log needs a folder with room that can be written, unless it is declared to stand still.
    if (!(isUnwritable(error) || isFull(error)) || hasLog(path)) throw storageError(path, error);
    return openKnown(path, `${pathToFileURL(path).href}?immutable=1`, options);
  }
}

function openKnown(path: string, location: string, options: DatabaseOptions): Database {
  // Another process may be reading the log of a crashed one into order, or closing its last connection: waiting helps.
  const database = new Database(location, { readOnly: true });
  try {
    const id = database.get<{ application_id: number }>('PRAGMA application_id')?.application_id;
    if (id !== applicationId) throw projectDamaged(path, 'it belongs to another program');
    assertTables(path, database, options.migrations ?? migrations);
    return database;
  } catch (error) {
    database.release();
    throw error;
  }
}

/** What its log holds would be missing, so such a file is not opened without it. */
function hasLog(path: string): boolean {
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
}

/**
 * Beside its goal and renamed once it is whole and on the disk, so that a copy is never half a project. Throws
 * `disk-full`, or `not-found` where nothing can be written.
 */
export function copyDatabase(database: Database, path: string): void {
  const unfinished = `${path}.partial`;
  try {
    keepCopy(database, unfinished);
    // VACUUM INTO leaves it to the system when the bytes reach the disk.
    const file = openSync(unfinished, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw copyError(path, error);
  }
}

/** What goes wrong is about the place chosen for the copy, never about the project. */
function copyError(path: string, error: unknown): unknown {
  if (isFull(error)) return diskFull(error, 'the copy was not written');
  return new StudioError(
    'not-found',
    `The copy cannot be written to ${path}.`,
    'Choose another place, where you may write.',
    { cause: error },
  );
}

function newestVersion(options: DatabaseOptions): number {
  return (options.migrations ?? migrations).at(-1)!.to;
}

/** Returns the version. */
function checkContents(path: string, database: Database, newest: number): number {
  const version = versionOf(database);
  if (version > newest) {
    throw new StudioError(
      'project-newer',
      `The project was saved by a newer DDT Studio (format ${version}; this one reads up to ${newest}).`,
      'Update DDT Studio, or open another project.',
      { detail: path },
    );
  }
  if (version < 1) throw projectDamaged(path, 'it does not say which version it has');
  const first = database.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
  // What SQLite found speaks of trees and pages: for whoever looks into it, not for whoever has lost a picture.
  if (first !== 'ok') throw projectDamaged(path, 'its contents do not hold together', new Error(first));
  return version;
}

function keepCopy(database: Database, path: string): void {
  rmSync(path, { force: true });
  database.run('VACUUM INTO ?', path);
}
