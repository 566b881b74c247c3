/**
 * The right to write one project. It is an operating-system lock on a small file beside the project, held through SQLite
 * for as long as the project is open: when a process dies its lock goes with it, so a lease cannot become stale.
 */
import { dirname } from 'node:path';
import { Database } from './database.js';
import { failureOf } from './failures.js';
import { makeFolder } from './folders.js';

export interface Lease {
  release: () => void;
}

/** Null while another process, or another holder in this one, has it. The lock file stays: removing it would race. */
export function takeLease(path: string): Lease | null {
  makeFolder(dirname(path));
  const database = new Database(path, { patienceMs: 0 });
  try {
    // Nothing is ever written, so no journal appears beside it.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.release();
    if (failureOf(error) === 'busy') return null;
    throw error;
  }
  return { release: () => database.release() };
}
