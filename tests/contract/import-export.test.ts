/** Pictures and projects that leave the studio and come back, over both transports. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { withPngTexts } from '../../src/main/storage/images/png-chunks.js';
import { withMetadata } from '../../src/main/storage/records/png-metadata.js';
import type { Frame } from '../../src/shared/document/document.js';
import type { PictureRecord } from '../../src/shared/document/image-metadata.js';
import { codeOf, EventLog, frameOf, generate, greyPng, putFrame, runJob, settings } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

const patience = { timeout: 20_000 };
const pack = 'alpha@1.0.0';

describe.each(Object.entries(transports))('import and export over %s', (name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;

  beforeEach(async () => {
    folders = makeFolders();
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    window = await host.openWindow();
    log = new EventLog(window.api);
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  /** A generated frame and an edit of it, as a window would commit them. */
  async function makeChain(): Promise<{ parent: Frame; child: Frame }> {
    await expect.poll(async () => (await window.api.status({})).engine.state, patience).toBe('ready');
    const made = await runJob(window.api, log, generate('a red circle'));
    if (made.type !== 'done' || made.result.kind !== 'generate') throw new Error('no picture');
    const image = made.result.images[0]!;
    const tokens = { pack, codes: image.codes, certainty: image.certainty };
    const parent: Frame = {
      ...frameOf(image, 'parent'),
      tokens,
      origin: { kind: 'generated', prompt: 'a red circle', seed: 7, settings, pack },
    };
    const child: Frame = {
      ...frameOf(image, 'child'),
      name: 'make it blue',
      tokens,
      description: 'a blue circle',
      answers: [{ question: 'how many?', answer: 'one' }],
      origin: { kind: 'edited', instruction: 'make it blue', seed: 8, settings, pack, parentId: 'parent' },
    };
    const operations = [parent, child].map((frame) => ({ type: 'put-frame' as const, frame }));
    await window.api.commit({ transaction: { label: 'Make', operations } });
    return { parent, child };
  }

  test('an exported picture comes back with words, tokens and history, and nothing is read anew', async () => {
    await window.api.openProject({});
    const { child } = await makeChain();
    const { bytes } = await window.api.exportImage({ frameId: 'child', metadata: true });
    await window.api.createProject({ name: 'Elsewhere' });
    const jobsBefore = log.all.filter(({ channel }) => channel === 'job').length;
    const imported = await window.api.importImage({ bytes, fileName: 'blue.png' });
    expect(imported.imageId).toBe(child.imageId);
    expect(imported.metadata).toMatchObject({
      source: 'ddt-studio',
      faults: [],
      recipe: { task: 'edit', text: 'make it blue', seed: 8, settings },
      record: {
        picture: {
          id: 'child',
          tokens: { pack, codes: child.tokens!.codes },
          description: 'a blue circle',
          answers: [{ question: 'how many?', answer: 'one' }],
          origin: child.origin,
        },
        earlier: [{ id: 'parent', origin: { prompt: 'a red circle', seed: 7 }, tokens: { pack } }],
      },
    });
    const { picture, earlier } = imported.metadata!.record!;
    const restored: Frame = { ...frameOf(imported, 'again'), origin: picture.origin, tokens: picture.tokens, earlier };
    await window.api.commit({
      transaction: { label: 'Import', operations: [{ type: 'put-frame', frame: restored }] },
    });
    // Neither the import nor the placing asked the engine for anything.
    expect(log.all.filter(({ channel }) => channel === 'job')).toHaveLength(jobsBefore);
    // Out again, the history is still whole, although its frames never stood on this board.
    const again = await window.api.exportImage({ frameId: 'again', metadata: true });
    const back = await window.api.importImage({ bytes: again.bytes, fileName: 'again.png' });
    expect(back.metadata?.record?.earlier).toEqual(earlier);
  });

  test('files of other programs offer their words and stand upright, whatever they are called', async () => {
    await window.api.openProject({});
    const imported = (file: string, fileName: string) =>
      window.api.importImage({ bytes: readFileSync(join('tests', 'brought', file)), fileName });
    for (const [file, fileName] of [['i01-a1111.jpg', 'a.png'], ['i02-a1111.webp', 'a'], ['m12-line-after-settings.png', 'a.jpg']] as const) {
      expect(await imported(file, fileName)).toMatchObject({ width: 128, height: 128, metadata: { source: 'automatic1111', recipe: { text: 'a red circle', seed: 5 } } });
    }
    expect(await imported('i03-orientation6.jpg', 'b.webp')).toMatchObject({ width: 100, height: 160 });
    expect(await imported('i04-orientation6.png', 'b.gif')).toMatchObject({ width: 100, height: 160 });
    expect(await imported('i05-webp-named.png', 'b.png')).toMatchObject({ width: 160, height: 100 });
    expect(await imported('i13-apng.png', 'b.png')).toMatchObject({ notes: ['It is animated; its first frame was taken.'] });
  }); // prettier-ignore

  test('without metadata nothing but pixels leaves', async () => {
    await window.api.openProject({});
    const { child } = await makeChain();
    const { bytes } = await window.api.exportImage({ frameId: 'child', metadata: false });
    expect(Buffer.from(bytes).includes('tEXt')).toBe(false);
    expect(Buffer.from(bytes).includes('iTXt')).toBe(false);
    expect(await window.api.importImage({ bytes, fileName: 'x.png' })).toEqual({
      imageId: child.imageId,
      width: child.pixelWidth,
      height: child.pixelHeight,
    });
    expect(await codeOf(window.api.exportImage({ frameId: 'nobody', metadata: true }))).toBe('not-found');
  });

  test('larger on request, and the file says so; never larger than the studio can read', async () => {
    await window.api.openProject({});
    const { child } = await makeChain();
    const { bytes } = await window.api.exportImage({ frameId: 'child', metadata: true, factor: 4 });
    const sides = { width: 4 * child.pixelWidth, height: 4 * child.pixelHeight };
    const { metadata, ...image } = await window.api.importImage({ bytes, fileName: 'large.png' });
    expect(image).toMatchObject(sides);
    expect(metadata!.record!.picture.tokens!.codes).toEqual(child.tokens!.codes);
    expect(metadata!.faults).toEqual([expect.stringMatching(/4 times as large as it was drawn .*lanczos3/)]);
    const plain = await window.api.exportPicture({ imageId: child.imageId, metadata: false, factor: 2 });
    expect(decodeImage(plain.bytes).width).toBe(2 * child.pixelWidth);
    expect(Buffer.from(plain.bytes).includes('tEXt')).toBe(false);
    const long = await window.api.importImage({
      bytes: encodePng({ width: 4097, height: 1, data: new Uint8Array(4097 * 4).fill(255) }),
      fileName: 'long.png',
    });
    const add = {
      transaction: {
        label: 'Import',
        operations: [
          {
            type: 'put-frame' as const,
            frame: {
              ...child,
              ...{ id: 'long', imageId: long.imageId, pixelWidth: 4097, pixelHeight: 1, tokens: null },
            },
          },
        ],
      },
    };
    await window.api.commit(add);
    expect(await codeOf(window.api.exportImage({ frameId: 'long', metadata: false, factor: 2 }))).toBe(
      'image-too-large',
    );
    expect(await codeOf(window.api.exportImage({ frameId: 'child', metadata: false, factor: 3 as 2 }))).toBe(
      'bad-request',
    );
  });

  test('tokens that do not fit their pack, or whose pack is not here, are not taken over', async () => {
    await window.api.openProject({});
    const png = greyPng(40, 16);
    const image = decodeImage(png);
    const bring = async (tokens: { pack: string; codes: number[] }) => {
      const record: PictureRecord = {
        picture: {
          id: 'liar',
          name: 'liar',
          origin: { kind: 'generated', prompt: 'a red circle', seed: 7, settings, pack: tokens.pack },
          tokens,
          createdAt: '2026-01-01T00:00:00.000Z',
          description: null,
          answers: [],
        },
        earlier: [],
      };
      const bytes = withMetadata(png, image, record, 'x');
      return (await window.api.importImage({ bytes, fileName: 'liar.png' })).metadata!;
    };
    const codes = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(await bring({ pack, codes })).toMatchObject({ record: { picture: { tokens: { codes } } }, faults: [] });
    for (const wrong of [codes.slice(1), codes.with(0, 1_000_000)]) {
      expect(await bring({ pack, codes: wrong })).toMatchObject({
        record: null,
        recipe: { text: 'a red circle' },
        faults: [expect.stringMatching(/cannot be those of this picture/)],
      });
    }
    expect(await bring({ pack: 'gone@9', codes })).toMatchObject({
      record: { picture: { tokens: null, origin: { prompt: 'a red circle' } } },
      faults: [expect.stringMatching(/gone@9, which is not installed/)],
    });
  });

  test('a record that lies is named; the picture itself comes in', async () => {
    await window.api.openProject({});
    const bytes = withPngTexts(greyPng(3), [
      { keyword: 'ddt-studio', text: '{"format":"ddt-studio/image","version":1}' },
    ]);
    const imported = await window.api.importImage({ bytes, fileName: 'x.png' });
    expect(imported).toMatchObject({ width: 4, metadata: { record: null, recipe: null } });
    expect(imported.metadata!.faults[0]).toMatch(/cannot be read: program/);
  });

  test('a copy is a whole project of its own, and can be taken in beside its original', async () => {
    const original = await window.api.openProject({});
    await putFrame(window.api);
    await window.api.commit({ transaction: { label: 'Name', operations: [{ type: 'rename', name: 'Harbour / 2' }] } });
    const path = join(folders.data, 'copy.ddt');
    host.answerSaveDialog?.(path);
    const saved = await window.api.saveCopy({});
    let bytes: Uint8Array;
    if (name === 'web') {
      if (saved.kind !== 'download') throw new Error('no download');
      expect(saved.fileName).toBe('Harbour 2.ddt');
      bytes = (await window.load(saved.address))!.bytes;
      // An address works once, and nothing is left behind it once the host has seen the last byte go.
      expect(await window.load(saved.address)).toBeNull();
      const waiting = (): string[] =>
        readdirSync(join(folders.data, 'downloads'), { recursive: true, encoding: 'utf8' }).filter((one) =>
          one.includes(sep),
        );
      await expect.poll(waiting).toEqual([]);
    } else {
      expect(saved).toEqual({ kind: 'saved', path });
      bytes = readFileSync(path);
    }
    // What happens after it stays out of it.
    await putFrame(window.api, 'later', 77);
    const added = await window.api.addProject({ bytes: Uint8Array.from(bytes), fileName: 'Harbour 2.ddt' });
    expect(added.document.id).not.toBe(original.document.id);
    expect(added).toMatchObject({ readOnly: null, history: { undo: 'Name' }, document: { name: 'Harbour / 2' } });
    expect(added.document.frames.map(({ id }) => id)).toEqual(['frame-1']);
    expect((await window.load(window.api.imageUrl(added.document.frames[0]!.imageId)))?.type).toBe('image/png');
    const listed = await window.api.listProjects({});
    expect(listed.map(({ frames }) => frames).sort()).toEqual([1, 2]);
    const first = await window.api.openProject({ id: original.document.id });
    expect(first.document.frames).toHaveLength(2);
  });

  test('a file that is no project is refused by its own name and leaves nothing behind', async () => {
    const { document } = await window.api.openProject({});
    for (const bytes of [new Uint8Array(), new Uint8Array(5000).fill(7), greyPng(1)]) {
      const call = window.api.addProject({ bytes, fileName: 'holiday.ddt' });
      await expect(call).rejects.toMatchObject({ code: 'project-damaged', message: /“holiday.ddt”/ });
    }
    expect(await window.api.listProjects({})).toHaveLength(1);
    expect((await window.api.openProject({})).document.id).toBe(document.id);
    const left = readdirSync(join(folders.data, 'projects')).filter((one) => one.startsWith('.incoming'));
    expect(left).toEqual([]);
  });

  test('a deleted project waits in the bin and comes back whole', async () => {
    const first = await window.api.openProject({});
    await putFrame(window.api);
    expect(await codeOf(window.api.deleteProject({ id: first.document.id }))).toBe('bad-request');
    await window.api.createProject({ name: 'Second' });
    await window.api.deleteProject({ id: first.document.id });
    expect((await window.api.listProjects({})).map((one) => one.name)).toEqual(['Second']);
    expect(await codeOf(window.api.openProject({ id: first.document.id }))).toBe('not-found');
    const bin = await window.api.listDeletedProjects({});
    expect(bin).toMatchObject([{ id: first.document.id, name: 'Untitled', frames: 1 }]);
    await window.api.restoreProject({ id: first.document.id });
    expect(await window.api.listDeletedProjects({})).toEqual([]);
    const back = await window.api.openProject({ id: first.document.id });
    expect(back).toMatchObject({ history: { undo: 'Add frame-1' }, document: { frames: [{ id: 'frame-1' }] } });
    for (const id of ['nobody', '../../x', first.document.id]) {
      expect(await codeOf(window.api.restoreProject({ id }))).toBe('not-found');
    }
  });

  test('a project another process has open cannot be deleted', async () => {
    const first = await window.api.openProject({});
    await window.api.createProject({ name: 'Second' });
    const other = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    const elsewhere = await other.openWindow();
    await elsewhere.api.openProject({ id: first.document.id });
    expect(await codeOf(window.api.deleteProject({ id: first.document.id }))).toBe('project-read-only');
    await other.close();
    await window.api.deleteProject({ id: first.document.id });
  });

  test('a picture that rots in the file is not shown as another one', async () => {
    const { document } = await window.api.openProject({});
    const image = await putFrame(window.api, 'frame-1', 123);
    await host.close();
    const path = join(folders.data, 'projects', `${document.id}.ddt`);
    const file = readFileSync(path);
    const at = file.indexOf(encodePng(decodeImage(greyPng(123))));
    expect(at).toBeGreaterThan(0);
    file[at + 45]! ^= 1;
    writeFileSync(path, file);
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    window = await host.openWindow();
    await window.api.openProject({});
    expect(await window.load(window.api.imageUrl(image.imageId))).toBeNull();
    expect(await codeOf(window.api.exportImage({ frameId: 'frame-1', metadata: true }))).toBe('project-damaged');
  });
});
