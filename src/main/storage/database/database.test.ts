/** What a file's own schema may make SQLite do: nothing beyond what every database does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './database.js';

/** SQLite itself, as somebody else has it. */
interface Connection {
  exec: (sql: string) => void;
  close: () => void;
}
const { DatabaseSync } = createRequire(import.meta.url)('@photostructure/sqlite') as {
  DatabaseSync: new (path: string) => Connection;
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-database-'));
  path = join(folder, 'file.ddt');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(sql: string): void {
  const connection = new DatabaseSync(path);
  connection.exec(sql);
  connection.close();
}

describe('functions that are not harmless wherever they stand, in what a file brings along', () => {
  /** Of SQLite's own, and not marked as innocuous: `trusted_schema` decides whether a schema may call it. */
  const call = `rtreedepth(x'0007')`;
  const schemas: [string, string, (database: Database) => unknown][] = [
    ['a view', `CREATE VIEW v AS SELECT ${call} AS depth`, (database) => database.all('SELECT * FROM v')],
    [
      'a default',
      `CREATE TABLE t (a, b DEFAULT (${call}))`,
      (database) => database.run('INSERT INTO t (a) VALUES (1)'),
    ],
    ['a check', `CREATE TABLE t (a CHECK (${call} = 7))`, (database) => database.run('INSERT INTO t (a) VALUES (1)')],
    [
      'a trigger',
      `CREATE TABLE t (a); CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = ${call}; END`,
      (database) => database.run('INSERT INTO t (a) VALUES (1)'),
    ],
  ];

  test.each(schemas)('in %s are refused', (_where, sql, use) => {
    written(sql);
    const database = new Database(path);
    try {
      expect(() => use(database)).toThrow(
        expect.objectContaining({
          name: 'DatabaseError',
          cause: expect.objectContaining({
            message: expect.stringMatching(/unsafe use of rtreedepth/) as string,
          }) as Error,
        }),
      );
    } finally {
      database.close();
    }
  });

  test('harmless ones are not, and the studio may call both', () => {
    written(`CREATE VIEW v AS SELECT upper('a') AS letter`);
    const database = new Database(path);
    expect(database.get(`SELECT ${call} AS depth`)).toEqual({ depth: 7 });
    expect(database.all('SELECT * FROM v')).toEqual([{ letter: 'A' }]);
    database.close();
  });
});
