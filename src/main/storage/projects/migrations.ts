/** The project file's form: the steps that lead older files to the present version, and how a file goes through them. */
import type { Database } from '../database/database.js';
import type { Migration, ProjectRows, Row } from './versions/migration.js';
import { version1 } from './versions/version-1.js';
import { version2 } from './versions/version-2.js';
import { version3 } from './versions/version-3.js';
import { version4 } from './versions/version-4.js';

/** "DDTs" in ASCII: names the file's kind in its header, so that another program's database is never taken for a project. */
export const applicationId = 0x44445473;

/** In ascending order without gaps. Released steps are never changed: files in the field went through them. */
export const migrations: readonly Migration[] = [version1, version2, version3, version4];

/** Pure: rows of a file of `version` as rows of the newest. Throws TypeError when they are not of that version. */
export function upgradeRows(rows: ProjectRows, version: number, steps: readonly Migration[] = migrations): ProjectRows {
  return pending(version, steps).reduce((before, step) => step.upgrade(before), rows);
}

/**
 * Makes a file of `version`, 0 being an empty database, one of the newest, all or nothing. Throws `DatabaseError`,
 * and TypeError when its rows are not of that version.
 */
export function migrate(database: Database, version: number, steps: readonly Migration[] = migrations): void {
  const newest = steps.at(-1)!.to;
  if (version === newest) return;
  database.transaction(() => {
    const before = version === 0 ? null : readAllRows(database);
    for (const step of pending(version, steps)) database.exec(step.schema);
    if (before !== null) writeAllRows(database, upgradeRows(before, version, steps));
    database.exec(`PRAGMA user_version = ${newest}`);
  });
}

export function versionOf(database: Database): number {
  return database.get<{ user_version: number }>('PRAGMA user_version')!.user_version;
}

export function readAllRows(database: Database): ProjectRows {
  const rowsOf = (table: string) => database.all<Row>(`SELECT * FROM ${table}`);
  const rows = { state: rowsOf('state'), frames: rowsOf('frames'), transactions: rowsOf('transactions') };
  return versionOf(database) < version4.to ? rows : { ...rows, queue: rowsOf('queue') };
}

function writeAllRows(database: Database, rows: ProjectRows): void {
  for (const table of ['state', 'frames', 'transactions', 'queue'] as const) {
    const contents = rows[table];
    if (contents === undefined) continue;
    database.exec(`DELETE FROM ${table}`);
    const columns = Object.keys(contents[0] ?? {});
    if (columns.length === 0) continue;
    const places = columns.map(() => '?').join(', ');
    const put = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`;
    for (const row of contents) database.run(put, ...columns.map((column) => row[column]!));
  }
}

function pending(version: number, steps: readonly Migration[]): Migration[] {
  return steps.filter((step) => step.to > version);
}
