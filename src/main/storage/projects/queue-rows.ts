/** The queue as rows of its project file, each with a digest like every other row. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Queue, QueueEntry } from '../../../shared/queue.js';
import { versionOf } from './migrations.js';
import { assertDigest, type QueueRow } from './project-rows.js';
import { queueDigest, version4 } from './versions/version-4.js';

/** Empty for a file of a version that had none. Throws `project-damaged`. */
export function readQueue(path: string, database: DatabaseSyncInstance): Queue {
  if (versionOf(database) < version4.to) return [];
  const rows = database.prepare('SELECT * FROM queue ORDER BY position').all() as unknown as QueueRow[];
  return rows.map((row) => {
    assertDigest(path, row, queueDigest, 'a job of its queue');
    return JSON.parse(row.body) as QueueEntry;
  });
}

/** Entries are immutable values: one that is the same, in the same place, is an unchanged row. */
export function writeQueue(database: DatabaseSyncInstance, before: Queue, after: Queue): void {
  if (before === after) return;
  const old = new Map(before.map((entry, position) => [entry.id, { entry, position }]));
  const put = database.prepare('INSERT OR REPLACE INTO queue (id, position, body, digest) VALUES (?, ?, ?, ?)');
  after.forEach((entry, position) => {
    const was = old.get(entry.id);
    old.delete(entry.id);
    if (was?.entry === entry && was.position === position) return;
    const row = { id: entry.id, position, body: JSON.stringify(entry) };
    put.run(row.id, row.position, row.body, queueDigest(row));
  });
  const remove = database.prepare('DELETE FROM queue WHERE id = ?');
  for (const id of old.keys()) remove.run(id);
}
