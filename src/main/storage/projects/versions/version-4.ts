import { digestOver } from './digest.js';
import type { Migration } from './migration.js';

export const queueDigest = digestOver('id', 'position', 'body');

/** What was asked for and is not there yet, or not taken: a row for each entry of the queue. */
export const version4: Migration = {
  to: 4,
  schema: `
    CREATE TABLE queue (
      id TEXT PRIMARY KEY,
      position INTEGER NOT NULL,
      -- JSON of the entry (src/shared/jobs/queue.ts).
      body TEXT NOT NULL,
      digest TEXT NOT NULL
    ) STRICT;
  `,
  upgrade: (rows) => {
    if (rows.queue !== undefined) throw new TypeError('There is a queue before its version.');
    return { ...rows, queue: [] };
  },
};
