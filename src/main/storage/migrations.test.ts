/** Files of every version ever released, kept as they were written then, open in this one with everything that was in them. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Annotation } from '../../shared/annotations.js';
import { ProjectFile } from './project-file.js';

const fixtures = join(import.meta.dirname, '../../../tests/fixtures/projects');
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
