import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DocumentOperation, Frame } from '../../../shared/document/document.js';
import { Database } from '../database/database.js';
import { ProjectFile } from './project-file.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-project-'));
  path = join(directory, 'a.ddt');
  ProjectFile.create(path, 'project-1', 'First');
});
afterEach(() => rmSync(directory, { recursive: true }));

const pixel = (value: number) => ({ width: 1, height: 1, data: new Uint8Array([value, value, value, 255]) });

function frameOf(id: string, imageId: string, x = 0): Frame {
  return {
    id,
    name: id,
    x,
    y: 0,
    width: 1,
    height: 1,
    imageId,
    pixelWidth: 1,
    pixelHeight: 1,
    origin: { kind: 'imported', fileName: '' },
    tokens: null,
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

const put = (frame: Frame, index?: number): DocumentOperation =>
  index === undefined ? { type: 'put-frame', frame } : { type: 'put-frame', frame, index };

test('what was committed is there after every kind of ending, also without closing', () => {
  const project = ProjectFile.open(path, 'write');
  const { imageId } = project.addImage(pixel(1));
  project.commit({ label: 'Two', operations: [put(frameOf('a', imageId)), put(frameOf('b', imageId), 0)] });
  project.commit({ label: 'Name', operations: [{ type: 'rename', name: 'Renamed' }] });
  // Not closed: as if the process had been killed.
  const again = ProjectFile.open(path, 'read');
  expect(again.document).toEqual(project.document);
  expect(again.document.frames.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(again).toMatchObject({ revision: 2, history: { undo: 'Name', redo: null } });
  again.close();
  project.close();
});

test('history is bounded, and redo ends where something new begins', () => {
  const project = ProjectFile.open(path, 'write', { historyLimit: 3 });
  for (const name of ['1', '2', '3', '4', '5']) {
    project.commit({ label: name, operations: [{ type: 'rename', name }] });
  }
  expect([project.undo()?.label, project.undo()?.label, project.undo()?.label, project.undo()]).toEqual([
    '5',
    '4',
    '3',
    null,
  ]);
  expect(project.document.name).toBe('2');
  expect(project.steps()).toMatchObject({ steps: [{ label: '3' }, { label: '4' }, { label: '5' }], applied: 0 });
  project.redo();
  expect(project.steps().applied).toBe(1);
  expect(Date.parse(project.steps().steps[0]!.at!)).toBeGreaterThan(0);
  project.undo();
  project.commit({ label: 'new', operations: [{ type: 'rename', name: 'new' }] });
  expect(project.redo()).toBeNull();
  project.close();
});

test('images nobody needs are collected; those of the undo history stay', () => {
  const project = ProjectFile.open(path, 'write');
  const used = project.addImage(pixel(1)).imageId;
  const undone = project.addImage(pixel(2)).imageId;
  const orphan = project.addImage(pixel(3)).imageId;
  project.commit({ label: 'a', operations: [put(frameOf('a', used))] });
  project.commit({ label: 'b', operations: [put(frameOf('b', undone))] });
  project.undo();
  expect(project.collectImages()).toBe(1);
  expect([used, undone, orphan].map((id) => project.readImage(id) !== null)).toEqual([true, true, false]);
  project.close();
});

test('an image only the document names stays, and so does one only an inverse names', () => {
  const project = ProjectFile.open(path, 'write', { historyLimit: 1 });
  const { imageId } = project.addImage(pixel(1));
  project.commit({ label: 'put', operations: [put(frameOf('a', imageId))] });
  project.commit({ label: 'rename', operations: [{ type: 'rename', name: 'x' }] });
  expect(project.collectImages()).toBe(0);
  project.commit({ label: 'remove', operations: [{ type: 'remove-frame', frameId: 'a' }] });
  expect(project.collectImages()).toBe(0);
  project.commit({ label: 'rename', operations: [{ type: 'rename', name: 'y' }] });
  expect(project.collectImages()).toBe(1);
  project.close();
});

test('a full disk: nothing of the transaction remains, the next smaller one goes through', () => {
  let project = ProjectFile.open(path, 'write');
  const { imageId } = project.addImage(pixel(1));
  project.commit({ label: 'a', operations: [put(frameOf('a', imageId))] });
  project.close();
  project = ProjectFile.open(path, 'write', { maxPages: 12 });
  const before = project.document;
  const long = { ...frameOf('b', imageId), description: 'x'.repeat(100_000) };
  const commit = () => project.commit({ label: 'b', operations: [put(long)] });
  expect(commit).toThrow(expect.objectContaining({ code: 'disk-full' }));
  expect(project.document).toBe(before);
  expect(project.revision).toBe(1);
  project.commit({ label: 'c', operations: [{ type: 'rename', name: 'c' }] });
  project.close();
  expect(ProjectFile.open(path, 'read').document.frames).toHaveLength(1);
});

test('opened for looking, nothing can be changed', () => {
  const project = ProjectFile.open(path, 'read');
  const readOnly = expect.objectContaining({ code: 'project-read-only' });
  expect(() => project.commit({ label: 'x', operations: [{ type: 'rename', name: 'x' }] })).toThrow(readOnly);
  expect(() => project.addImage(pixel(1))).toThrow(readOnly);
});

describe('files that are no sound project are refused and left alone', () => {
  const sound = (): Buffer => {
    const project = ProjectFile.open(path, 'write');
    const frames = Array.from({ length: 40 }, (_, index) => project.addImage(pixel(index)).imageId);
    project.commit({ label: 'x', operations: frames.map((imageId, index) => put(frameOf(`f${index}`, imageId))) });
    project.close();
    return readFileSync(path);
  };

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['empty', () => Buffer.alloc(0), 'project-damaged'],
    ['cut off in its header', (bytes) => bytes.subarray(0, 60), 'project-damaged'],
    ['cut off in its pages', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)), 'project-damaged'],
    ['random bytes', () => Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 97 + 13) % 256)), 'project-damaged'],
    ['overwritten in the middle', (bytes) => Buffer.from(bytes).fill(0xab, 4096, 20_000), 'project-damaged'],
    ['a header and nothing behind it', (bytes) => bytes.subarray(0, 100), 'project-damaged'],
  ])('%s', (_name, change, code) => {
    const changed = change(sound());
    writeFileSync(path, changed);
    expect(() => ProjectFile.open(path, 'write')).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  test('another program’s database', () => {
    const other = join(directory, 'other.ddt');
    const database = new Database(other);
    database.exec('CREATE TABLE letters (a)');
    database.close();
    const before = readFileSync(other);
    const error = expect.objectContaining({
      code: 'project-damaged',
      message: expect.stringContaining('another program'),
    });
    expect(() => ProjectFile.open(other, 'write')).toThrow(error);
    expect(readFileSync(other).equals(before)).toBe(true);
  });

  test('a newer version', () => {
    const database = new Database(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(path);
    expect(() => ProjectFile.open(path, 'write')).toThrow(expect.objectContaining({ code: 'project-newer' }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a project without its state, and one with a frame missing', () => {
    sound();
    for (const [sql, what] of [
      ["DELETE FROM frames WHERE id = 'f3'", 'a frame is missing'],
      ['DELETE FROM state', 'holds no project'],
    ] as const) {
      const database = new Database(path);
      database.exec(sql);
      database.close();
      const error = expect.objectContaining({ code: 'project-damaged', message: expect.stringContaining(what) });
      expect(() => ProjectFile.open(path, 'write')).toThrow(error);
    }
  });
});

test('a mask’s image is kept as long as a frame, an edit or the history needs it, and is refused when it is not there', () => {
  const project = ProjectFile.open(path, 'write');
  const [picture, painted] = [project.addImage(pixel(1)), project.addImage(pixel(2))];
  const mask = { imageId: painted.imageId, grow: 0, feather: 0 };
  project.commit({ label: 'Masked', operations: [put({ ...frameOf('a', picture.imageId), mask })] });
  project.commit({ label: 'Unmasked', operations: [put(frameOf('a', picture.imageId))] });
  expect(project.collectImages()).toBe(0);
  const missing = { ...mask, imageId: 'f'.repeat(64) };
  const commit = () =>
    project.commit({ label: 'x', operations: [put({ ...frameOf('b', picture.imageId), mask: missing })] });
  expect(commit).toThrow(expect.objectContaining({ code: 'not-found' }));
  project.close();
  const again = ProjectFile.open(path, 'write', { historyLimit: 1 });
  again.commit({ label: 'Rename', operations: [{ type: 'rename', name: 'x' }] });
  expect(again.collectImages()).toBe(1);
  expect(again.readImage(painted.imageId)).toBeNull();
  again.close();
});
