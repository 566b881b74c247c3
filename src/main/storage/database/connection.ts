/** What every SQLite file of the studio is treated with: errors in the studio's words, whole transactions, a clean end. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { storageError } from './storage-errors.js';

/** Throws what `storageError` makes of what `work` throws. */
export function guard<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storageError(path, error);
  }
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

/**
 * The library releases statements only when they are collected as garbage, and the write-ahead log stays until then; so
 * it is moved into the file here, which is then whole by itself.
 */
export function closeDatabase(database: DatabaseSyncInstance): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Read-only or in use elsewhere: the log is kept, and nothing is lost.
  }
  database.close();
}
