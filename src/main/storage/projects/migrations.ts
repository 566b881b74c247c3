/** The project file's form: tables of the present version, and the steps that lead older files to it. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { writeDigests } from './project-rows.js';

/** "DDTs" in ASCII: names the file's kind in its header, so that another program's database is never taken for a project. */
export const applicationId = 0x44445473;
export const projectVersion = 3;

export interface Migration {
  /** The version it leads to; it runs on files of the version before. */
  to: number;
  run: (database: DatabaseSyncInstance) => void;
}

/** In ascending order without gaps. Released steps are never changed: files in the field went through them. */
export const migrations: readonly Migration[] = [
  {
    to: 1,
    run: (database) =>
      database.exec(`
        CREATE TABLE state (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          project_id TEXT NOT NULL,
          name TEXT NOT NULL,
          created_at TEXT NOT NULL,
          modified_at TEXT NOT NULL,
          revision INTEGER NOT NULL,
          -- How many rows of transactions are applied; the rest can be redone.
          applied INTEGER NOT NULL,
          -- JSON array of frame ids, back to front.
          frame_order TEXT NOT NULL
        ) STRICT;
        CREATE TABLE frames (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
        CREATE TABLE images (
          id TEXT PRIMARY KEY,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          bytes BLOB NOT NULL
        ) STRICT;
        CREATE TABLE transactions (
          sequence INTEGER PRIMARY KEY,
          label TEXT NOT NULL,
          operations TEXT NOT NULL,
          inverse TEXT NOT NULL,
          committed_at TEXT NOT NULL
        ) STRICT;
      `),
  },
  {
    to: 2,
    // JSON array of notes and arrows, back to front.
    run: (database) => database.exec(`ALTER TABLE state ADD COLUMN annotations TEXT NOT NULL DEFAULT '[]'`),
  },
  {
    to: 3,
    run: (database) => {
      for (const table of ['state', 'frames', 'transactions']) {
        database.exec(`ALTER TABLE ${table} ADD COLUMN digest TEXT NOT NULL DEFAULT ''`);
      }
      writeDigests(database);
    },
  },
];

/** The steps from `version` to the newest. */
export function pendingMigrations(version: number, steps: readonly Migration[] = migrations): Migration[] {
  return steps.filter((step) => step.to > version);
}

/** Runs every pending step and notes the version reached, all or nothing. */
export function migrate(
  database: DatabaseSyncInstance,
  version: number,
  steps: readonly Migration[] = migrations,
): void {
  const pending = pendingMigrations(version, steps);
  if (pending.length === 0) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of pending) step.run(database);
    database.exec(`PRAGMA user_version = ${pending.at(-1)!.to}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
