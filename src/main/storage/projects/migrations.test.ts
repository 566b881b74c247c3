/** Files of every version ever released, kept as they were written then, open in this one with everything that was in them. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Annotation } from '../../../shared/document/annotations.js';
import { imagesOfEntry } from '../../../shared/jobs/queue.js';
import { Database } from '../database/database.js';
import { applicationId, migrate, migrations, readAllRows, upgradeRows } from './migrations.js';
import { ProjectFile } from './project-file.js';
import { noRows, type Migration, type ProjectRows, type Row } from './versions/migration.js';
import { runs } from '../../../../tests/property-runs.js';

const fixtures = join(import.meta.dirname, '../../../../tests/fixtures/projects');
const fixtureOf = (version: number) => join(fixtures, `v${version}.ddt`);

/** A database of that version without a project in it. */
function emptyOf(version: number): Database {
  const database = new Database(':memory:');
  migrate(database, 0, migrations.slice(0, version));
  return database;
}

/** Every table with its columns as SQLite understands them. */
function tablesOf(database: Database): { name: string; columns: unknown }[] {
  const tables = database.all<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`);
  return tables.map(({ name }) => ({
    name,
    columns: database.all(`PRAGMA table_xinfo(${name})`),
  }));
}

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-migration-'));
  path = join(directory, 'project.ddt');
});
afterEach(() => rmSync(directory, { recursive: true }));

const note: Annotation = {
  kind: 'note',
  id: 'n',
  x: 1,
  y: 2,
  width: 200,
  height: 80,
  text: 'softer — “softer”',
  fontSize: 20,
  colour: 'yellow',
};

describe('a file of version 1', () => {
  beforeEach(() => copyFileSync(fixtureOf(1), path));

  test('opens with frames, words, images and the whole undo history', () => {
    const project = ProjectFile.open(path, 'write');
    expect(project.document).toMatchObject({ name: 'A project of version 1', annotations: [] });
    expect(project.document.frames.map(({ id }) => id)).toEqual(['parent', 'child']);
    expect(project.document.frames[0]).toMatchObject({
      description: 'a red circle',
      answers: [{ question: 'what colour?', answer: 'red' }],
      tokens: { codes: [1, 2, 3] },
    });
    for (const { imageId } of project.document.frames) expect(project.readImage(imageId)).not.toBeNull();
    expect(project.history).toEqual({ undo: 'Describe', redo: 'Rename' });
    expect(project.redo()?.label).toBe('Rename');
    while (project.undo() !== null);
    expect(project.document.frames).toEqual([]);
    project.close();
  });

  test('is only looked at without being changed', () => {
    const before = readFileSync(path);
    const project = ProjectFile.open(path, 'read');
    expect(project.document).toMatchObject({ name: 'A project of version 1', annotations: [] });
    project.close();
    expect(readFileSync(path)).toEqual(before);
  });

  test('takes notes once it was opened for writing', () => {
    const project = ProjectFile.open(path, 'write');
    project.commit({ label: 'Note', operations: [{ type: 'put-annotation', annotation: note }] });
    project.close();
    const again = ProjectFile.open(path, 'write');
    expect(again.document.annotations).toEqual([note]);
    again.undo();
    expect(again.document.annotations).toEqual([]);
    again.redo();
    again.close();
    const last = ProjectFile.open(path, 'read');
    expect(last.document.annotations).toEqual([note]);
    last.close();
  });
});

describe('a file of version 2', () => {
  beforeEach(() => copyFileSync(fixtureOf(2), path));

  test('opens with frames, notes, images and the whole undo history', () => {
    const project = ProjectFile.open(path, 'write');
    expect(project.document).toMatchObject({
      name: 'A project of version 2',
      annotations: [note],
      frames: [
        { id: 'parent', locked: true, tokens: { codes: [1, 2, 3], certainty: [{ entropy: 0.5 }, {}, {}] } },
        { id: 'child', description: 'a blue circle', origin: { kind: 'edited', parentId: 'parent' } },
      ],
    });
    for (const { imageId } of project.document.frames) expect(project.readImage(imageId)).not.toBeNull();
    expect(project.history).toEqual({ undo: 'Describe', redo: 'Move' });
    while (project.undo() !== null);
    expect(project.document).toMatchObject({ name: 'Untitled', frames: [], annotations: [] });
    while (project.redo() !== null);
    expect(project.document.frames[1]).toMatchObject({ x: 900 });
    project.close();
  });

  test('has no digests until it is opened for writing; from then on no changed letter passes', () => {
    const looking = ProjectFile.open(path, 'read');
    looking.close();
    ProjectFile.open(path, 'write').close();
    const database = new Database(path);
    database.exec(`UPDATE frames SET body = replace(body, 'a red circle', 'a rad circle') WHERE id = 'parent'`);
    database.close();
    const error = expect.objectContaining({ code: 'project-damaged', message: expect.stringContaining('a frame') });
    expect(() => ProjectFile.open(path, 'write')).toThrow(error);
  });
});

describe('a file of version 4', () => {
  beforeEach(() => copyFileSync(fixtureOf(4), path));

  test('opens with its queue in order, and keeps the pictures that wait to be taken', () => {
    const project = ProjectFile.open(path, 'write');
    expect(project.queue).toMatchObject([
      { id: 'done', state: 'done', purpose: { kind: 'candidates', frameId: 'parent' }, request: { kind: 'edit' } },
      { id: 'failed', state: 'failed', error: { code: 'engine-stopped' } },
      {
        id: 'waiting',
        state: 'waiting',
        request: { prompt: 'un cercle « rouge » 🌟' },
        purpose: { places: [{ x: 300 }] },
      },
    ]);
    const [done] = project.queue;
    for (const imageId of imagesOfEntry(done!)) expect(project.readImage(imageId)).not.toBeNull();
    project.close();
  });

  test('no changed letter in the queue passes', () => {
    const database = new Database(path);
    database.exec(`UPDATE queue SET body = replace(body, 'rouge', 'rogue') WHERE id = 'waiting'`);
    database.close();
    const error = expect.objectContaining({ code: 'project-damaged', message: expect.stringContaining('a job') });
    expect(() => ProjectFile.open(path, 'write')).toThrow(error);
  });
});

describe('released versions', () => {
  test('each has a fixture, and each file is of the version its name says', () => {
    const versions = readdirSync(fixtures).map((name) => Number(/^v(\d+)\.ddt$/.exec(name)?.[1]));
    expect(versions.sort((a, b) => a - b)).toEqual(migrations.map(({ to }) => to));
    for (const version of versions) {
      const bytes = readFileSync(fixtureOf(version));
      expect(bytes.readUInt32BE(60)).toBe(version);
      expect(bytes.readUInt32BE(68)).toBe(applicationId);
    }
  });

  test('steps ascend without gaps, and a new project is of the newest', () => {
    expect(migrations.map(({ to }) => to)).toEqual(migrations.map((_, index) => index + 1));
    ProjectFile.create(path, 'project-1', 'First');
    expect(readFileSync(path).readUInt32BE(60)).toBe(migrations.length);
    expect(readFileSync(path).readUInt32BE(68)).toBe(applicationId);
  });

  // A file in the field went through the steps as they were: who changes one, or a table without a new version, fails here.
  test.each(migrations)('the steps to version $to make the tables that were released as it', ({ to }) => {
    const made = emptyOf(to);
    copyFileSync(fixtureOf(to), path);
    const released = new Database(path, { readOnly: true });
    expect(tablesOf(made)).toEqual(tablesOf(released));
    released.release();
    made.close();
  });

  test.each(migrations)('a file of version $to gets exactly the tables of a new project', ({ to }) => {
    copyFileSync(fixtureOf(to), path);
    ProjectFile.open(path, 'write').close();
    const fresh = emptyOf(migrations.length);
    const upgraded = new Database(path, { readOnly: true });
    expect(tablesOf(upgraded)).toEqual(tablesOf(fresh));
    upgraded.close();
    fresh.close();
  });

  test.each(migrations)('looked at or opened for writing, a file of version $to says the same', ({ to }) => {
    copyFileSync(fixtureOf(to), path);
    const looking = ProjectFile.open(path, 'read');
    const seen = { document: looking.document, revision: looking.revision, history: looking.history };
    looking.close();
    const project = ProjectFile.open(path, 'write');
    expect({ document: project.document, revision: project.revision, history: project.history }).toEqual(seen);
    project.close();
  });
});

describe('steps are pure functions', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((said) => said.replaceAll('\0', ''));
  const state = fc.record({
    ...{ project_id: text, name: text, created_at: text, modified_at: text },
    ...{ revision: fc.nat(), applied: fc.nat(), frame_order: fc.json() },
  });
  const frame = fc.record({ id: text, body: fc.json() });
  const transaction = fc.record({
    ...{ sequence: fc.nat(), label: text, operations: fc.json(), inverse: fc.json(), committed_at: text },
  });
  /** Any file of version 1. */
  const contents: fc.Arbitrary<ProjectRows> = fc.record({
    state: state.map((row) => [{ id: 1, ...row }]),
    frames: fc.uniqueArray(frame, { selector: ({ id }) => id, maxLength: 5 }),
    transactions: fc
      .uniqueArray(transaction, { selector: ({ sequence }) => sequence, maxLength: 5 })
      .map((rows) => rows.sort((a, b) => a.sequence - b.sequence)),
  });
  const tables = ['state', 'frames', 'transactions'] as const;

  test('they leave what they are given as it was, and lose nothing of it', () => {
    fc.assert(
      fc.property(contents, (rows) => {
        for (const table of tables) {
          for (const row of rows[table]) Object.freeze(row);
          Object.freeze(rows[table]);
        }
        const upgraded = upgradeRows(rows, 1);
        expect(upgradeRows(rows, 1)).toEqual(upgraded);
        for (const table of tables) {
          expect(upgraded[table]).toHaveLength(rows[table].length);
          rows[table].forEach((row, index) => expect(upgraded[table][index]).toMatchObject(row));
        }
      }),
    );
  });

  test('one after the other or all at once, row by row or all together, is the same', () => {
    fc.assert(
      fc.property(contents, fc.nat(), (rows, pick) => {
        const upgraded = upgradeRows(rows, 1);
        const between = 1 + (pick % migrations.length);
        const first = migrations.slice(0, between);
        expect(upgradeRows(upgradeRows(rows, 1, first), between)).toEqual(upgraded);
        const alone = rows.frames.flatMap((row) => upgradeRows({ ...noRows, frames: [row] }, 1).frames);
        expect(alone).toEqual(upgraded.frames);
        expect(upgradeRows(upgraded, migrations.length)).toBe(upgraded);
      }),
    );
  });

  test('the file gets what they return', () => {
    fc.assert(
      fc.property(contents, (rows) => {
        const database = emptyOf(1);
        for (const table of tables) {
          for (const row of rows[table]) {
            const columns = Object.keys(row);
            database.run(
              `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
              ...Object.values(row),
            );
          }
        }
        migrate(database, 1);
        const found = readAllRows(database);
        const expected = upgradeRows(rows, 1);
        const byId = (a: Row, b: Row) => (String(a['id']) < String(b['id']) ? -1 : 1);
        expect([...found.frames].sort(byId)).toEqual([...expected.frames].sort(byId));
        expect(found.state).toEqual(expected.state);
        expect(found.transactions).toEqual(expected.transactions);
        expect(database.get('PRAGMA user_version')).toEqual({ user_version: migrations.length });
        database.close();
      }),
      { numRuns: runs(50) },
    );
  });

  test('rows of another version than they are said to be are refused', () => {
    fc.assert(
      fc.property(contents, fc.integer({ min: 1, max: migrations.length - 1 }), (rows, version) => {
        const newer = upgradeRows(rows, 1, migrations.slice(0, version + 1));
        expect(() => upgradeRows(newer, version)).toThrow(TypeError);
      }),
    );
  });
});

describe('a step to come', () => {
  const newest = migrations.length;
  const next: Migration[] = [
    ...migrations,
    {
      to: newest + 1,
      schema: 'ALTER TABLE state ADD note TEXT',
      upgrade: (rows) => ({ ...rows, state: rows.state.map((row) => ({ ...row, note: `about ${row['name']}` })) }),
    },
  ];
  beforeEach(() => ProjectFile.create(path, 'project-1', 'First'));

  test('leads an older file to the present version, and a copy of it is kept', () => {
    const project = ProjectFile.open(path, 'write', { migrations: next });
    expect(project.document.name).toBe('First');
    project.close();
    const copy = ProjectFile.open(`${path}.version-${newest}`, 'write');
    expect(copy.document).toEqual(project.document);
    copy.close();
    const database = new Database(path);
    expect(database.get('PRAGMA user_version')).toMatchObject({ user_version: newest + 1 });
    expect(database.get('SELECT note FROM state')).toMatchObject({ note: 'about First' });
    database.close();
    expect(() => ProjectFile.open(path, 'write')).toThrow(expect.objectContaining({ code: 'project-newer' }));
  });

  test('that fails leaves the file at its version', () => {
    const upgrade = (): ProjectRows => {
      throw new Error('step');
    };
    const failing = [...next, { to: newest + 2, schema: 'CREATE TABLE half (done TEXT)', upgrade }];
    expect(() => ProjectFile.open(path, 'write', { migrations: failing })).toThrow('step');
    const database = new Database(path, { readOnly: true });
    expect(tablesOf(database).map(({ name }) => name)).not.toContain('half');
    database.close();
    const project = ProjectFile.open(path, 'write');
    expect(project.document.name).toBe('First');
    project.close();
  });
});
