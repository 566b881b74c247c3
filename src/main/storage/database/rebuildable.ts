/** Databases of the gallery that can be made again: damaged or outdated ones are replaced, and without a disk they live in memory. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Database } from './database.js';
import { failureOf } from './failures.js';
import { makeFolder } from './folders.js';
import { galleryInWords } from './storage-errors.js';

export interface RebuildableDatabase {
  database: Database;
  /** Why it is not on the disk; null when it is. */
  failure: Error | null;
}

/** `schema` runs on an empty database; another `version` than the file's makes it anew. */
export function openRebuildable(path: string, version: number, schema: string): RebuildableDatabase {
  try {
    makeFolder(dirname(path));
    const opened = openFile(path, version, schema);
    if (opened !== null) return { database: opened, failure: null };
    removeDatabase(path);
    const remade = openFile(path, version, schema);
    if (remade !== null) return { database: remade, failure: null };
    throw new Error('The file cannot be made anew.');
  } catch (error) {
    const database = new Database(':memory:', { words: galleryInWords });
    database.exec(schema);
    return { database, failure: error instanceof Error ? error : new Error(String(error)) };
  }
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

/** What is in the file is not what was written into it, or not all of it. */
export function isDamage(error: unknown): boolean {
  const kind = failureOf(error);
  return kind === 'damaged' || kind === 'foreign' || kind === 'oversized' || kind === 'structure';
}

/** Null when what is there is damaged or of another version. Throws when it cannot be opened or written at all. */
function openFile(path: string, version: number, schema: string): Database | null {
  const database = new Database(path, { words: galleryInWords });
  try {
    // NORMAL: after a power cut the last changes may be missing, never its order; the projects have them.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const found = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version;
    if (found === 0) {
      database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
      return database;
    }
    const [finding] = database.all<{ quick_check: string }>('PRAGMA quick_check(1)');
    if (found === version && finding?.quick_check === 'ok' && hasSchema(database, schema)) {
      // A file that may only be read would fail at the first change.
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
      return database;
    }
  } catch (error) {
    database.release();
    if (isDamage(error)) return null;
    throw error;
  }
  database.release();
  return null;
}

/** The tables are the ones that `schema` makes, in words too: nothing else of the file would be noticed before it is met. */
function hasSchema(database: Database, schema: string): boolean {
  const expected = new Database(':memory:');
  try {
    expected.exec(schema);
    return JSON.stringify(schemaOf(database)) === JSON.stringify(schemaOf(expected));
  } finally {
    expected.release();
  }
}

function schemaOf(database: Database): unknown[] {
  return database.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name');
}
