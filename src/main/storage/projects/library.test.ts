import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProjectLibrary } from './library.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-library-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('projects are listed newest first; one that cannot be read is left out and reported when opened', () => {
  const library = new ProjectLibrary(directory);
  expect(library.lastUsed()).toBeNull();
  const first = library.create('First');
  const broken = library.create('Broken');
  writeFileSync(join(directory, 'projects', `${broken}.ddt`), 'not a project');
  const second = library.create('Second');
  const opened = library.open(first);
  opened.project.commit(
    { label: 'x', operations: [{ type: 'rename', name: 'Renamed' }] },
    { now: '2099-01-01T00:00:00.000Z' },
  );
  expect(library.list().map(({ id, name }) => [id, name])).toEqual([
    [first, 'Renamed'],
    [second, 'Second'],
  ]);
  opened.close();
  expect(library.lastUsed()).toBe(first);
  library.remember(second);
  expect(library.lastUsed()).toBe(second);
  library.remember(first);
  expect(() => library.open(broken)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
  expect(library.lastUsed()).toBe(first);
  for (const id of ['nobody', '../x', '']) {
    expect(() => library.open(id)).toThrow(expect.objectContaining({ code: 'not-found' }));
  }
});

test('a second opening may only look, until the first is closed', () => {
  const library = new ProjectLibrary(directory);
  const id = library.create('First');
  const first = library.open(id);
  const second = library.open(id);
  expect(first.readOnly).toBeNull();
  expect(second.readOnly).toMatchObject({
    code: 'project-read-only',
    message: expect.stringMatching(/another running/),
  });
  first.project.commit({ label: 'x', operations: [{ type: 'rename', name: 'x' }] });
  first.close();
  second.close();
  const third = library.open(id);
  expect(third).toMatchObject({ readOnly: null, project: { revision: 1 } });
  third.close();
});

test('a damaged project gives its lease back', () => {
  const library = new ProjectLibrary(directory);
  const id = library.create('First');
  const path = join(directory, 'projects', `${id}.ddt`);
  const sound = readFileSync(path);
  writeFileSync(path, 'damaged');
  expect(() => library.open(id)).toThrow();
  writeFileSync(path, sound);
  const opened = library.open(id);
  expect(opened.readOnly).toBeNull();
  opened.close();
});

test('settings outlive a run; broken ones count as none', () => {
  const library = new ProjectLibrary(directory);
  library.writeSettings({ packId: 'a@1' });
  library.writeSettings({ lastProjectId: 'b' });
  expect(new ProjectLibrary(directory).readSettings()).toEqual({ packId: 'a@1', lastProjectId: 'b' });
  writeFileSync(join(directory, 'settings.json'), '{');
  expect(library.readSettings()).toEqual({});
  writeFileSync(join(directory, 'settings.json'), '[]');
  expect(library.lastUsed()).toBeNull();
});

test('where nothing can be read and nothing is noted, opening says why instead of beginning an empty project', () => {
  const library = new ProjectLibrary(directory);
  const id = library.create('Only');
  writeFileSync(join(directory, 'projects', `${id}.ddt`), 'damaged');
  expect(library.list()).toEqual([]);
  expect(library.lastUsed()).toBe(id);
  expect(() => library.open(library.lastUsed()!)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
});

test('a half-written new project is never seen', () => {
  const library = new ProjectLibrary(directory);
  const id = library.create('First');
  expect(existsSync(join(directory, 'projects', `${id}.ddt.new`))).toBe(false);
  writeFileSync(join(directory, 'projects', '00000000-0000-4000-8000-000000000000.ddt.new'), 'half');
  expect(library.list().map((project) => project.id)).toEqual([id]);
});
