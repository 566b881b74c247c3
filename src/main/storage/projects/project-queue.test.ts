/** The queue in its file: every change is there after the program was killed, and an outcome is taken once. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { added, cancelled, failed, finished, moved, started } from '../../../shared/jobs/queue-machine.js';
import type { Queue, QueueEntry } from '../../../shared/jobs/queue.js';
import { ProjectFile } from './project-file.js';
import { runs } from '../../../../tests/property-runs.js';

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const draft = (id: string): Omit<QueueEntry, 'state'> => ({
  id,
  request: { kind: 'generate', prompt: `“${id}”`, seed: 1, variations: 1, settings },
  purpose: { kind: 'frames', title: id, places: [] },
  addedAt: '2026-01-01T00:00:00Z',
});
const picture = (grey: number) => ({ width: 2, height: 2, data: new Uint8Array(16).fill(grey) });

let directory: string;
let path: string;
let project: ProjectFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-queue-'));
  path = join(directory, 'p.ddt');
  ProjectFile.create(path, 'p', 'P');
  project = ProjectFile.open(path, 'write');
});
afterEach(() => {
  project.close();
  rmSync(directory, { recursive: true });
});

/** What a program finds that starts after this one was killed: the file and its log as they lie there. */
function afterKill(): Queue {
  const copy = join(directory, 'copy.ddt');
  for (const ending of ['', '-wal']) copyFileSync(path + ending, copy + ending);
  const found = ProjectFile.open(copy, 'write');
  const { queue } = found;
  found.close();
  for (const ending of ['', '-wal', '-shm']) rmSync(copy + ending, { force: true });
  return queue;
}

function doneEntry(id: string, grey: number): { queue: Queue; imageId: string } {
  const image = project.addImage(picture(grey));
  const images = [{ ...image, seed: 1, codes: [1], certainty: [] }];
  const queue = finished(started(added(project.queue, draft(id)), id), id, { kind: 'generate', pack: 'p@1', images });
  project.setQueue(queue);
  return { queue, imageId: image.imageId };
}

test('any sequence of changes is there after a kill, in order', () => {
  const step = fc.record({ what: fc.constantFrom('add', 'cancel', 'move', 'start', 'fail'), at: fc.nat(9) });
  const error = { code: 'engine-failed', message: 'm', remedy: 'r' } as const;
  let next = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      for (const { what, at } of steps) {
        const { queue } = project;
        const id = queue[at % Math.max(1, queue.length)]?.id ?? '';
        if (what === 'add') project.setQueue(added(queue, draft(`j${next++}`)));
        if (what === 'cancel') project.setQueue(cancelled(queue, [id]));
        if (what === 'move') project.setQueue(moved(queue, id, queue[0]?.id ?? null));
        if (what === 'start') project.setQueue(started(queue, id));
        if (what === 'fail') project.setQueue(failed(queue, id, error));
      }
      expect(afterKill()).toEqual(project.queue);
    }),
    { numRuns: runs(15) },
  );
});

test('pictures that wait to be taken stay through closing and opening; of a cancelled job they go', () => {
  const { imageId } = doneEntry('a', 10);
  project.close();
  project = ProjectFile.open(path, 'write');
  expect(project.readImage(imageId)).not.toBeNull();
  project.setQueue([]);
  project.close();
  project = ProjectFile.open(path, 'write');
  expect(project.readImage(imageId)).toBeNull();
});

test('an outcome enters the document and leaves the queue in one step, and only once', () => {
  doneEntry('a', 10);
  const rename = (name: string) => ({ label: name, operations: [{ type: 'rename' as const, name }] });
  project.commit(rename('Taken'), { settles: ['a'] });
  expect(project.queue).toEqual([]);
  expect(afterKill()).toEqual([]);
  const again = () => project.commit(rename('Twice'), { settles: ['a'] });
  expect(again).toThrow(expect.objectContaining({ code: 'not-found' }));
  expect(project.document.name).toBe('Taken');
});

test('what still runs is not settled by a change of the document', () => {
  project.setQueue(started(added([], draft('a')), 'a'));
  const settle = () => project.commit({ label: 'x', operations: [{ type: 'rename', name: 'x' }] }, { settles: ['a'] });
  expect(settle).toThrow(expect.objectContaining({ code: 'not-found' }));
  expect(project.queue).toHaveLength(1);
});

test('a file that may only be looked at shows its queue and changes nothing of it', () => {
  doneEntry('a', 10);
  const looking = ProjectFile.open(path, 'read');
  expect(looking.queue).toEqual(project.queue);
  expect(() => looking.setQueue([])).toThrow(expect.objectContaining({ code: 'project-read-only' }));
  looking.close();
});
