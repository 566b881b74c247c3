/** The thread that writes pictures into projects: what was asked for is there when it is closed, whatever it was doing. */
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pictureScripts } from '../../../tests/fakes/pictures.js';
import { asKept, type KeptPicture } from '../storage/images/images.js';
import { ProjectFile } from '../storage/projects/project-file.js';
import { PictureWriter } from './picture-writer.js';

let folder: string;
const noise = (side: number): KeptPicture =>
  asKept({ width: side, height: side, data: randomFillSync(new Uint8Array(side * side * 4)) });
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

function projectIn(name: string): ProjectFile {
  const path = join(folder, name);
  ProjectFile.create(path, 'p', 'P');
  return ProjectFile.open(path, 'write');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-writer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('closing waits for every picture that was asked for, from the loading of the thread on', async () => {
  const project = projectIn('closed.ddt');
  const writer = new PictureWriter(pictureScripts().write);
  const pictures = Array.from({ length: 12 }, () => noise(200));
  const ids = pictures.map(({ imageId }) => imageId);
  const writing = pictures.map((picture) => writer.store(project.placeForPictures(), picture).catch(codeOf));
  writer.close();
  expect(ids.filter((id) => project.readImage(id) === null)).toEqual([]);
  expect(new Set(await Promise.all(writing))).toEqual(new Set(['cancelled']));
  await expect(writer.store(project.placeForPictures(), noise(2))).rejects.toMatchObject({ code: 'cancelled' });
  project.close();
});

test('bytes that have their memory to themselves go along, others stay whole', async () => {
  const project = projectIn('bytes.ddt');
  const writer = new PictureWriter(pictureScripts().write);
  const [own, shared] = [noise(20), noise(20)];
  own.png = Uint8Array.from(own.png);
  const message = new Uint8Array(shared.png.length + 10);
  message.set(shared.png, 5);
  shared.png = message.subarray(5, -5);
  const into = project.placeForPictures();
  const stored = await Promise.all([writer.store(into, own), writer.store(into, shared)]);
  expect(stored.map(({ imageId }) => imageId)).toEqual([own.imageId, shared.imageId]);
  expect([own.png.length, shared.png.length > 0]).toEqual([0, true]);
  writer.close();
  project.close();
});

test('a thread that ends fails what it was asked for, and the next picture gets another', async () => {
  const ending = join(folder, 'ending.cjs');
  writeFileSync(
    ending,
    `const { parentPort, workerData } = require('node:worker_threads');
    const done = new Int32Array(workerData);
    parentPort.on('message', ({ picture }) => {
      if (picture.width === 1) process.exit(1);
      Atomics.add(done, 0, 1);
      parentPort.postMessage({ stored: { imageId: picture.imageId } });
    });
    Atomics.add(done, 0, 1);`,
  );
  const writer = new PictureWriter(ending);
  await expect(writer.store({ path: '' }, noise(1))).rejects.toMatchObject({
    code: 'internal',
    message: 'The picture could not be kept: what writes it ended.',
  });
  const picture = noise(2);
  expect(await writer.store({ path: '' }, picture)).toEqual({ imageId: picture.imageId });
  writer.close();
});
