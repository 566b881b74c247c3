/**
 * The right to write one project. It is an operating-system lock on a small file beside the project, held through SQLite
 * for as long as the project is open: when a process dies its lock goes with it, so a lease cannot become stale.
 */
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { makeFolder } from './folders.js';

export interface Lease {
  release: () => void;
}

const busy = 5;

/** Null while another process, or another holder in this one, has it. The lock file stays: removing it would race. */
export function takeLease(path: string): Lease | null {
  makeFolder(dirname(path));
  const database = new DatabaseSync(path);
  try {
    // Nothing is ever written, so no journal appears beside it.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { sqliteCode?: unknown }).sqliteCode === busy) return null;
    throw error;
  }
  return { release: () => database.close() };
}
