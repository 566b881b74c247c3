/**
 * A project file has exactly the tables of its version. Everything else that SQLite lets a file bring along runs when the studio
 * reads or writes it: triggers, views, generated columns, virtual tables, indices over expressions.
 */
import { Database } from '../database/database.js';
import { projectDamaged } from '../database/storage-errors.js';
import { migrate, versionOf } from './migrations.js';
import type { Migration } from './versions/migration.js';

/** More entries than this no version has; a file with millions would be slow to list. */
const mostEntries = 100;

interface Entry {
  type: unknown;
  name: unknown;
  tbl_name: unknown;
  sql: unknown;
}

/** Throws `project-damaged`. Of a newer version only this is known: it is made of tables and their indices. */
export function assertTables(path: string, database: Database, steps: readonly Migration[]): void {
  const found = database.all<Entry>(
    `SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name LIMIT ${mostEntries + 1}`,
  );
  const version = versionOf(database);
  const isKnown = steps.some(({ to }) => to === version);
  const isRight = isKnown ? inWords(found) === tablesOf(version, steps) : found.every(isPlain);
  if (!isRight || found.length > mostEntries) throw projectDamaged(path, 'its tables are not those of a project');
}

function isPlain({ type, sql }: Entry): boolean {
  if (type === 'index') return sql === null;
  return (
    type === 'table' && typeof sql === 'string' && /^CREATE TABLE /i.test(sql) && !/\bGENERATED\b|\bAS\s*\(/i.test(sql)
  );
}

const known = new Map<string, string>();

/** What the steps to `version` make of an empty file. */
function tablesOf(version: number, steps: readonly Migration[]): string {
  const pending = steps.filter(({ to }) => to <= version);
  const key = pending.map(({ schema }) => schema).join('\n');
  const before = known.get(key);
  if (before !== undefined) return before;
  const database = new Database(':memory:');
  try {
    migrate(database, 0, pending);
    const made = inWords(
      database.all<Entry>('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'),
    );
    known.set(key, made);
    return made;
  } finally {
    database.release();
  }
}

/** Spaces, line breaks and comments may be what another version of SQLite writes. */
function inWords(entries: readonly Entry[]): string {
  return JSON.stringify(
    entries.map(({ type, name, tbl_name: table, sql }) => [
      type,
      name,
      table,
      typeof sql === 'string' ? plain(sql) : sql,
    ]),
  );
}

function plain(sql: string): string {
  const lines = sql.split('\n').map((line) => line.split('--', 1)[0]);
  return lines.join(' ').replaceAll(/\s+/g, ' ');
}
