/** The queue as rows of its project file, each with a digest like every other row. */
import { StudioError } from '../../../shared/errors.js';
import type { Queue } from '../../../shared/jobs/queue.js';
import type { Database } from '../database/database.js';
import { projectDamaged } from '../database/storage-errors.js';
import { versionOf } from './migrations.js';
import { assertDigest, type QueueRow } from './project-rows.js';
import { assertQueueBudget, isStorableEntry, storedEntry } from './stored-document.js';
import { queueDigest, version4 } from './versions/version-4.js';

/** Empty for a file of a version that had none. Throws `project-damaged`. */
export function readQueue(path: string, database: Database): Queue {
  if (versionOf(database) < version4.to) return [];
  assertQueueBudget(path, database);
  const rows = database.all<QueueRow>('SELECT * FROM queue ORDER BY position');
  return rows.map((row) => {
    assertDigest(path, row, queueDigest, 'a job of its queue');
    const entry = storedEntry(path, row.body);
    if (entry.id !== row.id) throw projectDamaged(path, 'a job of its queue is not the one it is called');
    return entry;
  });
}

/**
 * Throws `engine-failed` for an outcome that could not be read again.
 * Entries are immutable values: one that is the same, in the same place, is an unchanged row.
 */
export function writeQueue(database: Database, before: Queue, after: Queue): void {
  if (before === after) return;
  const old = new Map(before.map((entry, position) => [entry.id, { entry, position }]));
  const put = 'INSERT OR REPLACE INTO queue (id, position, body, digest) VALUES (?, ?, ?, ?)';
  after.forEach((entry, position) => {
    const was = old.get(entry.id);
    old.delete(entry.id);
    if (was?.entry === entry && was.position === position) return;
    if (!isStorableEntry(entry)) throw unstorable();
    const row = { id: entry.id, position, body: JSON.stringify(entry) };
    database.run(put, row.id, row.position, row.body, queueDigest(row));
  });
  for (const id of old.keys()) database.run('DELETE FROM queue WHERE id = ?', id);
}

function unstorable(): StudioError {
  return new StudioError(
    'engine-failed',
    'What the engine answered is not what it was asked for, so it is not kept.',
    'Try it again; if that does not help, choose another model pack.',
  );
}
