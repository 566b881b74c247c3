/** Project files as somebody with bad intentions would make them: sound ones, changed by SQL and in their bytes. */
import { rmSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { frameDigest, stateDigest, transactionDigest } from '../../src/main/storage/projects/versions/version-3.js';
import { queueDigest } from '../../src/main/storage/projects/versions/version-4.js';
import type { Row } from '../../src/main/storage/projects/versions/migration.js';

/** Past the studio's own class, which would refuse most of this: SQLite itself, with everything allowed. */
interface Connection {
  exec: (sql: string) => void;
  prepare: (sql: string) => { all: () => Row[]; run: (...values: unknown[]) => unknown };
  close: () => void;
}
const { DatabaseSync } = createRequire(import.meta.url)('@photostructure/sqlite') as {
  DatabaseSync: new (path: string, options?: object) => Connection;
};

/** Digests are no secret: whoever changes a row writes the one that fits. */
export function craft(sound: Uint8Array, path: string, sql: string): void {
  writeFileSync(path, sound);
  const database = new DatabaseSync(path, { defensive: false });
  try {
    database.exec(
      'PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA writable_schema = ON; PRAGMA recursive_triggers = ON',
    );
    database.exec(sql);
    redigest(database);
  } finally {
    database.close();
  }
}

function redigest(database: Connection): void {
  for (const [table, digest, key] of [
    ['state', stateDigest, 'id'],
    ['frames', frameDigest, 'id'],
    ['transactions', transactionDigest, 'sequence'],
    ['queue', queueDigest, 'id'],
  ] as const) {
    try {
      database.exec('BEGIN');
      const put = `UPDATE ${table} SET digest = ? WHERE ${key} = ?`;
      for (const row of database.prepare(`SELECT * FROM ${table}`).all()) {
        database.prepare(put).run(digest(row), row[key]);
      }
      database.exec('COMMIT');
    } catch {
      // The table is not one any more, or runs something when it is written: then the file stays as it is.
      undo(database);
    }
  }
}

function undo(database: Connection): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has done so by itself.
  }
}

/** A text of SQL, whatever characters it has. */
export function quoted(text: string): string {
  return `CAST(x'${Buffer.from(text).toString('hex')}' AS TEXT)`;
}

export function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export function removeProject(path: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal', '.version-1', '.version-2'])
    rmSync(path + ending, { force: true });
}
