/** Databases of the gallery that can be made again: damaged or outdated ones are replaced, and without a disk they live in memory. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';

export interface RebuildableDatabase {
  database: DatabaseSyncInstance;
  /** Why it is not on the disk; null when it is. */
  failure: Error | null;
}

/** `schema` runs on an empty database; another `version` than the file's makes it anew. */
export function openRebuildable(path: string, version: number, schema: string): RebuildableDatabase {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const opened = openFile(path, version, schema);
    if (opened !== null) return { database: opened, failure: null };
    removeDatabase(path);
    const remade = openFile(path, version, schema);
    if (remade !== null) return { database: remade, failure: null };
    throw new Error('The file cannot be made anew.');
  } catch (error) {
    const database = new DatabaseSync(':memory:');
    database.exec(schema);
    return { database, failure: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Each statement is compiled once: reading thousands of frames runs a dozen of them for every one. */
export function preparedOnce(database: DatabaseSyncInstance): (sql: string) => StatementSyncInstance {
  const known = new Map<string, StatementSyncInstance>();
  return (sql) => {
    const prepared = known.get(sql) ?? database.prepare(sql);
    known.set(sql, prepared);
    return prepared;
  };
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** SQLite says that this is no database any more: corrupt, not a database (primary codes of sqlite.org/rescode.html). */
export function isDamage(error: unknown): boolean {
  return [11, 26].includes(primaryCode(error));
}

function primaryCode(error: unknown): number {
  return Number((error as { sqliteCode?: unknown } | null)?.sqliteCode) & 0xff;
}

/** Null when what is there is damaged or of another version. Throws when it cannot be opened or written at all. */
function openFile(path: string, version: number, schema: string): DatabaseSyncInstance | null {
  const database = new DatabaseSync(path);
  try {
    // NORMAL: after a power cut the last changes may be missing, never its order; the projects have them.
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found === 0) {
      database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
      return database;
    }
    const findings = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
    if (found === version && findings[0]?.quick_check === 'ok') {
      // A file that may only be read would fail at the first change.
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
      return database;
    }
  } catch (error) {
    database.close();
    // 1: what is there has another form than its version says.
    if (isDamage(error) || primaryCode(error) === 1) return null;
    throw error;
  }
  database.close();
  return null;
}
