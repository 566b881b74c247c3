/** Opening a project file: what it claims to be is checked, read-only, before anything could change it. */
import { closeSync, copyFileSync, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { StudioError } from '../../shared/errors.js';
import { applicationId, migrate, migrations, projectVersion, type Migration } from './migrations.js';
import { projectDamaged, storageError } from './storage-errors.js';

export interface DatabaseOptions {
  /** Most pages of the file; only tests of a full disk set it. */
  maxPages?: number;
  migrations?: readonly Migration[];
}

/** Fields of the 100-byte header of every SQLite file (sqlite.org/fileformat.html, 1.3). */
const headerBytes = 100;
const magic = 'SQLite format 3\0';

/**
 * Writes a new project file and fills it with `populate`. It gets its name only when it is whole, so a crash on the way
 * leaves no half project. Throws `disk-full` or `project-read-only`; never overwrites.
 */
export function createDatabase(path: string, populate: (database: DatabaseSyncInstance) => void): void {
  if (existsSync(path)) throw projectDamaged(path, 'a file of that name is already there');
  const unfinished = `${path}.new`;
  guard(path, () => {
    rmSync(unfinished, { force: true });
    const database = new DatabaseSync(unfinished);
    try {
      database.exec(`PRAGMA synchronous = FULL; PRAGMA application_id = ${applicationId}`);
      migrate(database, 0);
      populate(database);
    } finally {
      database.close();
    }
    renameSync(unfinished, path);
  });
}

/** Throws `project-damaged`, `project-newer` or `not-found`, and then has changed nothing. */
export function openDatabase(
  path: string,
  mode: 'write' | 'read',
  options: DatabaseOptions = {},
): DatabaseSyncInstance {
  return guard(path, () => {
    checkHeader(path);
    const version = checkContents(path, newestVersion(options));
    if (mode === 'read') return new DatabaseSync(path, { readOnly: true });
    if (version < newestVersion(options)) copyFileSync(path, `${path}.version-${version}`);
    const database = new DatabaseSync(path);
    // FULL: what was committed survives a power cut, not only a crash of the program.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000');
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    migrate(database, version, options.migrations);
    return database;
  });
}

/** For a look at the head of a file; its contents are not checked. Throws as `openDatabase` does. */
export function openUnchecked(path: string): DatabaseSyncInstance {
  return guard(path, () => {
    checkHeader(path);
    return new DatabaseSync(path, { readOnly: true });
  });
}

/** Runs `work` as one SQLite transaction; on any failure the file is as it was. Throws what `storageError` makes of it. */
export function inTransaction<Result>(path: string, database: DatabaseSyncInstance, work: () => Result): Result {
  return guard(path, () => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}

function newestVersion(options: DatabaseOptions): number {
  return (options.migrations ?? migrations).at(-1)?.to ?? projectVersion;
}

function checkHeader(path: string): void {
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes) throw projectDamaged(path, 'it is cut off');
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', 0, magic.length) !== magic) throw projectDamaged(path, 'it is not a project file');
  if (header.readUInt32BE(68) !== applicationId) throw projectDamaged(path, 'it belongs to another program');
}

/** Asked of SQLite, not of the header: after a crash the newest header may still be in the write-ahead log. Returns the version. */
function checkContents(path: string, newest: number): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > newest) {
      throw new StudioError(
        'project-newer',
        `The project was saved by a newer DDT Studio (format ${version}; this one reads up to ${newest}).`,
        'Update DDT Studio, or open another project.',
        { detail: path },
      );
    }
    const findings = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
    const first = findings[0]?.quick_check;
    if (first !== 'ok') throw projectDamaged(path, first ?? 'its contents cannot be checked');
    return version;
  } finally {
    database.close();
  }
}

function guard<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storageError(path, error);
  }
}
