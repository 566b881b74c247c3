/** Project files made to do harm: refused in words, quickly, and no reason for anything else not to work. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gallery } from '../../src/main/storage/gallery/gallery.js';
import { ProjectFile } from '../../src/main/storage/projects/project-file.js';
import { ProjectLibrary } from '../../src/main/storage/projects/library.js';
import { nodeLauncher } from '../../src/main/supervisor/engine-process.js';
import { projectChecker } from '../../src/main/supervisor/project-checker.js';
import { StudioError } from '../../src/shared/errors.js';
import { everything } from '../../src/shared/contract/gallery.js';
import type { Frame } from '../../src/shared/document/document.js';
import type { QueueEntry } from '../../src/shared/jobs/queue.js';
import { fuzzRuns, runs } from '../property-runs.js';
import { bundled } from '../fakes/bundled.js';
import { oneMoreFile } from './garbage.js';
import { craft, quoted, removeProject } from '../../tools/withstand/crafted-project.js';
import { frameOf } from '../contract/helpers.js';

let folder: string;
let sound: Buffer;
let frame: Frame;
let checker: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-crafted-'));
  checker = await bundled('project-check', 'src/main/storage/projects/check-process.ts');
  const path = join(folder, 'sound.ddt');
  ProjectFile.create(path, 'sound', 'Sound');
  const project = ProjectFile.open(path, 'write');
  frame = frameOf(project.addImage({ width: 1, height: 1, data: Uint8Array.from([1, 2, 3, 255]) }), 'a');
  project.commit({ label: 'Put', operations: [{ type: 'put-frame', frame }] });
  project.commit({ label: 'Move', operations: [{ type: 'put-frame', frame: { ...frame, x: 5 } }] });
  project.undo();
  project.setQueue([waiting]);
  project.close();
  sound = readFileSync(path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A job that waits in the sound project. */
const waiting: QueueEntry = {
  id: 'job',
  request: { kind: 'ask', source: { pack: 'p@1', codes: [1, 2] }, question: 'What is there?' },
  purpose: { kind: 'reading', title: 'Ask', frameId: 'a' },
  addedAt: '2026-11-01T00:00:00.000Z',
  state: 'waiting',
};

let files = 0;
function crafted(sql: string): string {
  const path = join(folder, `crafted-${files++}.ddt`);
  craft(sound, path, sql);
  return path;
}

const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`;
const body = (change: object) => `UPDATE frames SET body = ${quoted(JSON.stringify({ ...frame, ...change }))}`;
const job = (change: object) => `UPDATE queue SET body = ${quoted(JSON.stringify({ ...waiting, ...change }))}`;
const withText = (before: string, after: string) =>
  `UPDATE frames SET body = replace(body, ${quoted(before)}, ${quoted(after)})`;

/** What a file may bring along besides its tables. */
const schemas: [string, string][] = [
  [
    'a trigger that never ends',
    `CREATE TRIGGER t AFTER UPDATE ON state BEGIN UPDATE state SET revision = revision + 1; END`,
  ],
  [
    'a view that takes for ever',
    `ALTER TABLE images RENAME TO hidden; CREATE VIEW images AS WITH RECURSIVE c (id) AS (VALUES ('a') UNION ALL SELECT id FROM c)
      SELECT id, 1 AS width, 1 AS height, x'' AS bytes FROM c`,
  ],
  ['a virtual table', `CREATE VIRTUAL TABLE more USING fts5 (a)`],
  ['one more table', `CREATE TABLE more (a)`],
  ['one more column', `ALTER TABLE frames ADD COLUMN more TEXT`],
  ['an index over an expression', `CREATE INDEX i ON frames (length(hex(zeroblob(length(body)))))`],
  ['a generated column', `ALTER TABLE frames ADD COLUMN g TEXT AS (hex(body))`],
  ['a looser table', `UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'state'`],
  [
    'a check that takes for ever',
    `UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (id = 1)', 'CHECK (id = abs(-1))')`,
  ],
  ['a newer version with a view', `CREATE VIEW v AS SELECT 1; PRAGMA user_version = 99`],
];

/** What rows may say. */
const rows: [string, string][] = [
  ['JSON nested in a frame', withText('"name":"a"', `"name":${nested(200)}`)],
  ['JSON nested in the notes', `UPDATE state SET annotations = ${quoted(`[${nested(300)}]`)}`],
  ['JSON nested in the history', `UPDATE transactions SET operations = ${quoted(nested(5000))}`],
  ['a key of JavaScript in a frame', withText('"name"', '"__proto__":{"polluted":1},"name"')],
  ['a key of JavaScript in the history', `UPDATE transactions SET inverse = ${quoted('[{"constructor":{}}]')}`],
  ['a frame that is a number', `UPDATE frames SET body = '7'`],
  ['a frame without its words', body({ answers: undefined })],
  ['a name that is no text', body({ name: 7 })],
  ['a frame of no size', body({ width: 0 })],
  ['a frame nowhere', body({ x: 1e300 })],
  ['a frame called another name', body({ id: 'b' })],
  ['a picture with a path for a name', body({ imageId: '../../secret' })],
  ['a date that is none', body({ createdAt: 'yesterday' })],
  ['tokens without codes', body({ tokens: { pack: 'p' } })],
  ['an origin of no kind', body({ origin: { kind: 'stolen' } })],
  ['an order that names a frame twice', `UPDATE state SET frame_order = '["a","a"]'`],
  ['an order that is no list', `UPDATE state SET frame_order = '{"length":1}'`],
  ['a revision below zero', `UPDATE state SET revision = -1`],
  ['a revision that is no number of JavaScript', `UPDATE state SET revision = 9223372036854775807`],
  ['a date of the project that is none', `UPDATE state SET modified_at = 'never'`],
  ['a name of a megabyte', `UPDATE state SET name = replace(hex(zeroblob(500000)), '00', 'ab')`],
  ['a note of no kind', `UPDATE state SET annotations = '[{"kind":"x"}]'`],
  ['JSON nested in a job', `UPDATE queue SET body = replace(body, '"Ask"', ${quoted(nested(200))})`],
  ['JSON nested very deep in a job', `UPDATE queue SET body = replace(body, '"Ask"', ${quoted(nested(50_000))})`],
  [
    'a key of JavaScript in a job',
    `UPDATE queue SET body = replace(body, '"title"', '"__proto__":{"polluted":1},"title"')`,
  ],
  ['a job that is a list', `UPDATE queue SET body = '[]'`],
  ['a job of no state', job({ state: 'asleep' })],
  ['a job that is done with nothing', job({ state: 'done' })],
  [
    'a job that is done with a path',
    job({ state: 'done', result: { kind: 'generate', pack: 'p', images: [{ imageId: '../x' }] } }),
  ],
  ['a job that failed of a number', job({ state: 'failed', error: 7 })],
  ['a job that formats the disk', job({ request: { kind: 'format-disk' } })],
  ['a job called another name', job({ id: 'other' })],
  [
    'ten thousand jobs and one',
    `WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
     INSERT INTO queue SELECT 'job' || i, i, body, '' FROM queue, n`,
  ],
  ['a step that does nothing known', `UPDATE transactions SET operations = '[{"type":"format-disk"}]'`],
];

/** Values of another type than the table allows; only a changed schema lets them in. */
const types: [string, string][] = ['modified_at', 'name', 'revision', 'frame_order', 'annotations', 'project_id'].map(
  (column) => [
    `bytes for ${column}`,
    `UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'state';
     PRAGMA schema_version = 1000; UPDATE state SET ${column} = x'00ff';
     UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'state'; PRAGMA schema_version = 1001`,
  ],
);

const all = [...schemas, ...rows, ...types];

describe.each(all)('%s', (_name, sql) => {
  test.each(['read', 'write'] as const)('is refused when opened to %s', (mode) => {
    const path = crafted(sql);
    const before = readFileSync(path);
    expect(() => ProjectFile.open(path, mode).close()).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^project-(damaged|newer)$/) }),
    );
    // The kind of the journal is noted in the header when it is opened for writing.
    expect(readFileSync(path).subarray(100).equals(before.subarray(100))).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    removeProject(path);
  });
});

test.each([
  ['notes', `UPDATE state SET annotations = '[' || replace(hex(zeroblob(2000)), '00', '{},') || '{}]'`],
  ['steps', `UPDATE transactions SET operations = '[' || replace(hex(zeroblob(2000)), '00', '{},') || '{}]'`],
  ['places', `UPDATE state SET frame_order = '[' || replace(hex(zeroblob(2000)), '00', '{},') || '{}]'`],
])('of thousands of %s that are nothing the first one is enough', (_name, sql) => {
  const path = crafted(sql);
  let refused: unknown;
  try {
    ProjectFile.open(path, 'read').close();
  } catch (error) {
    refused = error;
  }
  const { cause } = refused as StudioError & { cause: { issues: unknown[] } };
  expect(refused).toMatchObject({ code: 'project-damaged' });
  expect(cause.issues.length).toBeLessThan(10);
  removeProject(path);
});

test('none of them hides another project, from the list or from the gallery', async () => {
  const data = join(folder, 'shared');
  const library = new ProjectLibrary(data);
  const good = library.create('Good');
  writeFileSync(join(data, 'projects', `${good}.ddt`), sound);
  for (const [, sql] of all) {
    const id = library.create('Bad');
    craft(sound, join(data, 'projects', `${id}.ddt`), sql);
  }
  expect(library.list().map(({ id }) => id)).toContain(good);
  const gallery = new Gallery(data);
  await gallery.refresh();
  expect(gallery.search(everything, 0, 10)).toMatchObject({ total: 1, items: [{ name: 'a', projectName: 'Sound' }] });
  expect(gallery.overview().projects.map(({ id }) => id)).toContain(good);
  expect(gallery.overview().problem).toMatchObject({ code: 'project-damaged' });
  gallery.close();
});

describe('taking in a file from elsewhere', () => {
  const launch = () => nodeLauncher<{ path: string; id: string }, { error: null }>(checker)();

  test('a sound one becomes a project with an id of its own', async () => {
    const library = new ProjectLibrary(join(folder, 'adding'));
    const id = await library.add(sound, projectChecker(launch));
    const opened = library.open(id);
    expect(opened.project.document).toMatchObject({ id, name: 'Sound', frames: [{ id: 'a' }] });
    opened.close();
  });

  test('a crafted one is refused with the reason, and nothing of it stays', async () => {
    const library = new ProjectLibrary(join(folder, 'refusing'));
    const path = crafted(schemas[0]![1]);
    const adding = library.add(readFileSync(path), projectChecker(launch));
    await expect(adding).rejects.toMatchObject({ code: 'project-damaged', message: /tables are not those/ });
    expect(library.list()).toEqual([]);
    expect(existsSync(join(folder, 'refusing', 'projects', '.incoming-'))).toBe(false);
  });

  test('what takes too long is ended, and so is what ends its process', async () => {
    const library = new ProjectLibrary(join(folder, 'waiting'));
    let killed = 0;
    const silent = () => ({ send: () => {}, onMessage: () => {}, onExit: () => {}, kill: () => killed++ });
    const slow = library.add(sound, projectChecker(silent, 20));
    await expect(slow).rejects.toMatchObject({ code: 'project-damaged', message: /longer than 0\.02 seconds/ });
    expect(killed).toBe(1);
    const dying = () => ({ ...silent(), onExit: (listener: (reason: string) => void) => listener('signal SIGSEGV') });
    await expect(library.add(sound, projectChecker(dying))).rejects.toMatchObject({ detail: 'signal SIGSEGV' });
    expect(library.list()).toEqual([]);
  });

  test('what a killed import left goes at the next start; one that is under way stays', async () => {
    const data = join(folder, 'left');
    const library = new ProjectLibrary(data);
    const left = join(data, 'projects', '.incoming-00000000-0000-4000-8000-000000000000');
    mkdirSync(left);
    let during: boolean | null = null;
    await library.add(sound, async (path, id) => {
      new ProjectLibrary(data);
      during = existsSync(path);
      await Promise.resolve(ProjectFile.renumber(path, id));
    });
    expect(existsSync(left)).toBe(false);
    expect(during).toBe(true);
    expect(library.list()).toHaveLength(1);
  });
});

/** Any value where the studio expects one of its own. */
const anything = fc.oneof(
  fc.json(),
  fc.constantFrom('', '7', 'null', '[]', '{}', '"a"', nested(100), '{"__proto__":1}', '\0', '9'.repeat(400)),
  fc.json().map((text) => JSON.stringify({ ...(frame as object), answers: JSON.parse(text) as unknown })),
);
const path = fc.constantFrom(
  'id',
  'name',
  'x',
  'width',
  'imageId',
  'origin',
  'tokens',
  'mask',
  'answers',
  'createdAt',
  'earlier',
  'check',
);
const change = fc.oneof(
  fc.record({ field: path, value: fc.jsonValue() }).map(({ field, value }) => body({ [field]: value })),
  anything.map((text) => `UPDATE frames SET body = ${quoted(text)}`),
  anything.map((text) => `UPDATE state SET frame_order = ${quoted(text)}`),
  anything.map((text) => `UPDATE state SET annotations = ${quoted(text)}`),
  anything.map((text) => `UPDATE queue SET body = ${quoted(text)}`),
  fc
    .record({ field: fc.constantFrom(...Object.keys(waiting), 'result', 'error'), value: fc.jsonValue() })
    .map(({ field, value }) => job({ [field]: value })),
  anything.map((text) => `UPDATE transactions SET operations = ${quoted(text)}`),
  anything.map((text) => `UPDATE transactions SET inverse = ${quoted(text)}, label = ${quoted(text)}`),
  fc.maxSafeInteger().map((number) => `UPDATE state SET revision = ${number}, applied = ${-number}`),
  fc.constantFrom(...all).map(([, sql]) => sql),
);

test('however a file is crafted: it opens as something sound, or is refused with a StudioError, and soon', async () => {
  const data = join(folder, 'property');
  const library = new ProjectLibrary(data);
  const good = library.create('Good');
  const id = library.create('Bad');
  const place = join(data, 'projects', `${id}.ddt`);
  const counts = { opened: 0, refused: 0, slowestMs: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('read' as const, 'write' as const),
      async (changes, mode) => {
        await oneMoreFile();
        removeProject(place);
        try {
          craft(sound, place, changes.join(';\n'));
        } catch {
          // Not even SQLite takes this; what it took lies there.
        }
        const started = performance.now();
        try {
          const project = ProjectFile.open(place, mode);
          counts.opened++;
          try {
            for (const one of project.document.frames) project.readImage(one.imageId);
            if (mode === 'write') while (project.undo() !== null);
          } finally {
            project.close();
          }
        } catch (error) {
          if (!(error instanceof StudioError)) throw error;
          counts.refused++;
        }
        counts.slowestMs = Math.max(counts.slowestMs, performance.now() - started);
        expect(library.list().map((one) => one.id)).toContain(good);
      },
    ),
    { numRuns: runs(60, 1) },
  );
  expect(counts.refused).toBeGreaterThan(10);
  if (fuzzRuns !== null) console.log('Crafted projects:', counts);
});
