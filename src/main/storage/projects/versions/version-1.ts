import type { Migration } from './migration.js';

/** Frames, pictures and the undo history. */
export const version1: Migration = {
  to: 1,
  schema: `
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
  `,
  upgrade: (rows) => rows,
};
