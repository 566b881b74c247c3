/** Files of every version ever released, kept as they were written then, open in this one with everything that was in them. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Annotation } from '../../../shared/annotations.js';
import { migrations } from './migrations.js';
import { ProjectFile } from './project-file.js';

const fixtures = join(import.meta.dirname, '../../../../tests/fixtures/projects');
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
  beforeEach(() => copyFileSync(join(fixtures, 'v1.ddt'), path));

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
  beforeEach(() => copyFileSync(join(fixtures, 'v2.ddt'), path));

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
    const database = new DatabaseSync(path);
    database.exec(`UPDATE frames SET body = replace(body, 'a red circle', 'a rad circle') WHERE id = 'parent'`);
    database.close();
    const error = expect.objectContaining({ code: 'project-damaged', message: expect.stringContaining('a frame') });
    expect(() => ProjectFile.open(path, 'write')).toThrow(error);
  });
});

test('every released version has a fixture, and each file is of the version its name says', () => {
  const versions = readdirSync(fixtures).map((name) => Number(/^v(\d+)\.ddt$/.exec(name)?.[1]));
  expect(versions.sort()).toEqual(migrations.map(({ to }) => to));
  for (const version of versions) {
    expect(readFileSync(join(fixtures, `v${version}.ddt`)).readUInt32BE(60)).toBe(version);
  }
});
