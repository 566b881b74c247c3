/** Threads that read pictures, with a script that hangs, fails or ends as it is asked to. */
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { pictureScripts } from '../../../tests/fakes/pictures.js';
import { encodePng, imageIdOf } from '../storage/images/images.js';
import type { ProjectPlace } from '../storage/projects/picture-store.js';
import { ProjectFile, type ProjectOptions } from '../storage/projects/project-file.js';
import { PictureWorkers, type PictureScripts } from './picture-workers.js';

let folder: string;
let steered: string;
let pictures: PictureWorkers;

/** `side` is what to do: 1 hang, 2 end, 3 throw outside the task, 4 write to the console, anything else answers with itself. */
const script = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ input }) => {
    if (input.side === 1) for (;;);
    if (input.side === 2) process.exit(1);
    if (input.side === 4) for (const say of [console.log, console.warn]) say('said by a library \\u001bc');
    if (input.side === 3) throw new RangeError('Array buffer allocation failed');
    parentPort.postMessage({ value: Uint8Array.of(input.side) });
  });
`;
const none: Uint8Array = Uint8Array.of();
/** The first bytes of a PNG of 3000 × 2000. */
const large = encodePng({ width: 1, height: 1, data: new Uint8Array(4) });
new DataView(large.buffer, large.byteOffset).setUint32(16, 3000);
new DataView(large.buffer, large.byteOffset).setUint32(20, 2000);

/** None of its tests writes into a project. */
const reading = (read: string): PictureScripts => ({ read, write: join(folder, 'none.cjs') });

const ask = (side: number, bytes = none, signal?: AbortSignal): Promise<Uint8Array> =>
  pictures.run('thumbnail', { bytes, side }, signal === undefined ? {} : { signal });

function projectIn(name: string, options: ProjectOptions = {}): ProjectFile {
  const path = join(folder, name);
  ProjectFile.create(path, 'p', 'P');
  return ProjectFile.open(path, 'write', options);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-workers-'));
  steered = join(folder, 'steered.cjs');
  writeFileSync(steered, script);
});
afterEach(() => pictures.close());
afterAll(() => rmSync(folder, { recursive: true }));

test('what takes longer than its budget is ended, and what waits behind it is read', async () => {
  pictures = new PictureWorkers(reading(steered), { milliseconds: 1500 });
  const [hanging, behind] = [ask(1), ask(7)];
  await expect(hanging).rejects.toMatchObject({
    code: 'image-too-large',
    message: 'The image takes longer than 1.5 seconds to read, which is the most.',
  });
  expect(await behind).toEqual(Uint8Array.of(7));
});

test('small pictures do not wait for a large one', async () => {
  pictures = new PictureWorkers(reading(steered));
  const hanging = ask(1, large).catch((error: unknown) => error);
  expect(await ask(7)).toEqual(Uint8Array.of(7));
  pictures.close();
  expect(await hanging).toMatchObject({ code: 'cancelled' });
});

test('a reader that is cancelled ends at once, one that waits does not begin', async () => {
  pictures = new PictureWorkers(reading(steered));
  const [first, second] = [new AbortController(), new AbortController()];
  const running = ask(1, none, first.signal);
  const waiting = ask(8, none, second.signal);
  second.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  first.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  await expect(ask(9, none, first.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(await ask(9)).toEqual(Uint8Array.of(9));
});

test.each([2, 3])('a thread that ends (%i) fails its picture only', async (side) => {
  pictures = new PictureWorkers(reading(steered));
  const [failing, behind] = [ask(side), ask(6)];
  await expect(failing).rejects.toMatchObject({ code: 'image-unreadable' });
  expect(await behind).toEqual(Uint8Array.of(6));
});

test('a thread that needs more memory than it may take says so', async () => {
  const greedy = join(folder, 'greedy.cjs');
  writeFileSync(
    greedy,
    `require('node:worker_threads').parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1000).fill({})); });`,
  );
  pictures = new PictureWorkers(reading(greedy), { heapMegabytes: 16 });
  await expect(ask(0)).rejects.toMatchObject({ code: 'image-too-large', message: /needs more memory/ });
});

test('what a library writes to the console about a file reaches no terminal', async () => {
  pictures = new PictureWorkers(reading(steered));
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
  try {
    expect(await ask(4)).toEqual(Uint8Array.of(4));
    // What it wrote would come behind the answer.
    expect(await ask(0)).toEqual(Uint8Array.of(0));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const written = spies.flatMap((spy) => spy.mock.calls.map(([text]) => String(text))).join('');
    expect(written).not.toContain('said by a library');
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

test('the real thread reads, keeps, narrows and describes', async () => {
  pictures = new PictureWorkers(pictureScripts());
  const project = projectIn('keeps.ddt');
  const into = project.placeForPictures();
  const image = { width: 20, height: 10, data: new Uint8Array(800).fill(200) };
  const { stored: kept } = await pictures.runInto('keep', { image: structuredClone(image) }, into);
  const png = project.readImage(kept.imageId)!;
  expect(await pictures.run('decode', { bytes: png })).toEqual(image);
  const mask = { width: 20, height: 10, data: new Uint8Array(200).fill(157) };
  expect(await pictures.run('mask', { bytes: png })).toEqual(mask);
  // A small view into a larger message leaves the message whole.
  const message = new Uint8Array(png.length + 8);
  message.set(png, 4);
  const taken = await pictures.runInto('take', { bytes: message.subarray(4, -4), seen: { width: 1, height: 1 } }, into);
  expect(taken).toMatchObject({ stored: { imageId: kept.imageId, width: 20, height: 10 }, metadata: null });
  expect(taken.narrow).toMatchObject({ width: 4, height: 4 });
  expect(message.subarray(4, -4)).toEqual(png);
  expect((await pictures.run('thumbnail', { bytes: png, side: 5 })).length).toBeGreaterThan(40);
  project.close();
  await expect(pictures.run('decode', { bytes: none })).rejects.toMatchObject({
    code: 'image-unreadable',
    message: 'The image cannot be read: the file is empty.',
  });
});

test('what is large is held by one thread at a time, and its row is written by a thread too', async () => {
  pictures = new PictureWorkers(pictureScripts());
  const project = projectIn('large.ddt');
  const addPng = vi.spyOn(project, 'addPng');
  const image = { width: 700, height: 500, data: randomFillSync(new Uint8Array(700 * 500 * 4)) };
  const png = encodePng(image);
  expect(png.length).toBeGreaterThan(1024 * 1024);
  // As it comes from a window: inside of the message that brought it.
  const message = new Uint8Array(png.length + 100);
  message.set(png, 60);
  const into = project.placeForPictures();
  const taking = pictures.runInto('take', { bytes: message.subarray(60, 60 + png.length), seen: null }, into);
  expect(message.buffer.byteLength).toBe(0);
  const { stored } = await taking;
  expect(stored).toEqual({ imageId: imageIdOf(png), width: 700, height: 500 });
  const keeping = pictures.runInto('keep', { image }, into);
  expect(image.data.length).toBe(0);
  expect(await keeping).toEqual({ stored });
  expect(addPng).not.toHaveBeenCalled();
  expect(Buffer.from(png).equals(project.readImage(stored.imageId)!)).toBe(true);
  project.close();
});

test('a full disk, and a project that went, are told by the thread that met them', async () => {
  pictures = new PictureWorkers(pictureScripts());
  const image = () => ({ width: 200, height: 200, data: randomFillSync(new Uint8Array(200 * 200 * 4)) });
  const full = projectIn('full.ddt', { maxPages: 20 });
  const keep = (into: ProjectPlace) => pictures.runInto('keep', { image: image() }, into);
  await expect(keep(full.placeForPictures())).rejects.toMatchObject({ code: 'disk-full' });
  full.close();
  const gone = join(folder, 'gone.ddt');
  await expect(keep({ path: gone })).rejects.toMatchObject({ code: 'not-found' });
  expect(existsSync(gone)).toBe(false);
});

test('threads that read load no native module, which would take the process along when it is stopped', () => {
  pictures = new PictureWorkers(pictureScripts());
  const packages = [...readFileSync(pictureScripts().read, 'utf8').matchAll(/ from "((?:@[^/"]+\/)?[^/"]+)/g)].map(
    ([, name]) => name!,
  );
  expect(packages).toContain('fast-png');
  const folderOf = (name: string): string => join(import.meta.dirname, '../../../node_modules', name);
  const native = packages
    .filter((name) => existsSync(folderOf(name)))
    .filter((name) => readdirSync(folderOf(name), { recursive: true }).some((file) => String(file).endsWith('.node')));
  expect(native).toEqual([]);
});

test('the real thread reads WebP', async () => {
  pictures = new PictureWorkers(pictureScripts());
  const bytes = readFileSync(join(import.meta.dirname, '../../../tests/brought/i05-webp-named.png'));
  expect((await pictures.run('decode', { bytes })).width).toBeGreaterThan(0);
});
