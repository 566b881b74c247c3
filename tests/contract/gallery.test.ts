/** The gallery over both transports: what windows may rely on, thumbnails included. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { pngTexts } from '../../src/main/storage/images/png-chunks.js';
import { readMetadata } from '../../src/main/storage/records/png-metadata.js';
import type { Frame } from '../../src/shared/document/document.js';
import { StudioError } from '../../src/shared/errors.js';
import { everything } from '../../src/shared/contract/gallery.js';
import { codeOf, EventLog, frameOf, greyPng, putFrame, settings } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

describe.each(Object.entries(transports))('the gallery over %s', (_name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;

  const start = async (): Promise<void> => {
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    window = await host.openWindow();
  };
  const all = (text = '') => window.api.searchGallery({ query: { ...everything, text }, offset: 0, limit: 10 });

  beforeEach(async () => {
    folders = makeFolders();
    await start();
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  test('pictures of every project are found, marked and placed in another one; windows are told', async () => {
    const log = new EventLog(window.api);
    await window.api.openProject({});
    const { imageId } = await putFrame(window.api);
    await log.until(() => log.all.find(({ channel }) => channel === 'gallery'), 'the news');
    expect(await all('grey')).toMatchObject({ total: 1, items: [{ imageId, uses: 1, kind: 'imported' }] });
    expect(await window.api.markPictures({ imageIds: [imageId], mark: 'star' })).toEqual({ changed: 1 });

    await window.api.createProject({ name: 'Second' });
    expect(await window.load(window.api.imageUrl(imageId))).toBeNull();
    const adopted = await window.api.adoptPicture({ imageId });
    expect(adopted).toMatchObject({ image: { imageId }, frame: { origin: { kind: 'imported' } } });
    expect(await window.load(window.api.imageUrl(imageId))).not.toBeNull();
    expect(await window.api.galleryOverview({})).toMatchObject({
      counts: { all: 1, starred: 1, trash: 0 },
      projects: [{ name: 'Untitled', pictures: 1 }],
      problem: null,
    });
    expect((await window.api.galleryPicture({ imageId })).uses).toMatchObject([{ projectName: 'Untitled' }]);
  });

  test('a picture placed in another project brings its masks and what led to it, as the frame that is asked for', async () => {
    await window.api.openProject({});
    const [before, after] = [await putFrame(window.api, 'first', 10), await putFrame(window.api, 'second', 20)];
    const [mask, lost] = [await window.api.importImage({ bytes: greyPng(200), fileName: 'mask.png' }), 'f'.repeat(64)];
    const edited: Frame = {
      ...frameOf(after, 'second'),
      mask: { imageId: mask.imageId, grow: 1, feather: 2 },
      origin: {
        kind: 'edited',
        instruction: 'darker',
        seed: 1,
        settings,
        pack: 'p@1',
        parentId: 'first',
        mask: { imageId: lost, grow: 0, feather: 0 },
      },
    };
    const operations = [edited, frameOf(after, 'twin')].map((frame) => ({ type: 'put-frame' as const, frame }));
    await window.api.commit({ transaction: { label: 'Edit', operations } });
    await window.api.createProject({ name: 'Second' });
    const { frame } = await window.api.adoptPicture({ imageId: after.imageId, frameId: 'second' });
    expect(frame).toMatchObject({
      id: 'second',
      mask: edited.mask!,
      origin: { instruction: 'darker', parentId: 'first' },
      earlier: [{ id: 'first', origin: { kind: 'imported' } }],
    });
    expect(frame.origin).not.toHaveProperty('mask');
    expect(await window.load(window.api.imageUrl(mask.imageId))).not.toBeNull();
    expect(await window.load(window.api.imageUrl(before.imageId))).toBeNull();
    const { frame: twin } = await window.api.adoptPicture({ imageId: after.imageId, frameId: 'twin' });
    expect(twin).toMatchObject({ id: 'twin', origin: { kind: 'imported' } });
    expect(twin).not.toHaveProperty('earlier');
    expect(twin).not.toHaveProperty('mask');
  });

  test('a picture is exported from wherever it lies, with its whole chain inside or as plain pixels', async () => {
    await window.api.openProject({});
    const [before, after] = [await putFrame(window.api, 'first', 10), await putFrame(window.api, 'second', 20)];
    const edited: Frame = {
      ...frameOf(after, 'second'),
      origin: { kind: 'edited', instruction: 'darker', seed: 1, settings, pack: 'p@1', parentId: 'first' },
    };
    await window.api.commit({ transaction: { label: 'Edit', operations: [{ type: 'put-frame', frame: edited }] } });
    await window.api.createProject({ name: 'Second' });
    const { imageId } = after;
    const { bytes: plain } = await window.api.exportPicture({ imageId, metadata: false });
    const { bytes } = await window.api.exportPicture({ imageId, metadata: true });
    expect(pngTexts(plain)).toEqual([]);
    expect(decodeImage(bytes)).toEqual(decodeImage(plain));
    const { record } = readMetadata(bytes, decodeImage(bytes))!;
    expect(record).toMatchObject({
      picture: { id: 'second', origin: { instruction: 'darker' } },
      earlier: [{ id: 'first', origin: { kind: 'imported' } }],
    });
    expect(before.imageId).not.toBe(imageId);
    expect(await codeOf(window.api.exportPicture({ imageId: '0'.repeat(64), metadata: true }))).toBe('not-found');
    // Its last frame is gone: the gallery keeps it.
    await window.api.openProject({ id: (await window.api.galleryPicture({ imageId })).uses[0]!.projectId });
    await window.api.commit({
      transaction: { label: 'Delete', operations: [{ type: 'remove-frame', frameId: 'second' }] },
    });
    const kept = await window.api.exportPicture({ imageId, metadata: true });
    expect(readMetadata(kept.bytes, decodeImage(kept.bytes))!.record).toMatchObject({ picture: { id: 'second' } });
  });

  test('thumbnails are served in the sizes there are, of open and closed projects', async () => {
    await window.api.openProject({});
    const large = await window.api.importImage({ bytes: greyPng(7, 300), fileName: 'large.png' });
    const small = await window.load(window.api.imageUrl(large.imageId, 128));
    expect(small?.type).toBe('image/png');
    expect(decodeImage(small!.bytes)).toMatchObject({ width: 128, height: 128 });
    const { imageId } = await putFrame(window.api);
    await window.api.createProject({ name: 'Second' });
    expect(decodeImage((await window.load(window.api.imageUrl(imageId, 256)))!.bytes)).toMatchObject({ width: 4 });
    expect(await window.load(window.api.imageUrl('0'.repeat(64), 128))).toBeNull();
    expect(await window.load(window.api.imageUrl(imageId, 128).replace('/128/', '/127/'))).toBeNull();
  });

  test('an index that cannot be written stops neither the studio nor a search, and marks say why they fail', async () => {
    await window.api.openProject({});
    const { imageId } = await putFrame(window.api);
    await host.close();
    const folder = join(folders.data, 'gallery');
    rmSync(folder, { recursive: true });
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, 'in the way');
    await start();
    await window.api.openProject({});
    await expect.poll(async () => (await all()).total, { timeout: 20_000 }).toBe(1);
    expect((await window.api.galleryOverview({})).problem).toMatchObject({ code: 'gallery-unwritable' });
    const refused = await window.api
      .markPictures({ imageIds: [imageId], mark: 'trash' })
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(StudioError);
    expect(refused).toMatchObject({ code: 'gallery-unwritable' });
    await window.api.commit({ transaction: { label: 'x', operations: [{ type: 'rename', name: 'Still works' }] } });
  });

  test('what does not fit the contract is refused', async () => {
    const refuse = async (call: Promise<unknown>) =>
      expect(await call.catch((thrown: unknown) => thrown)).toMatchObject({ code: 'bad-request' });
    await refuse(window.api.searchGallery({ query: { ...everything, text: 'x'.repeat(300) }, offset: 0, limit: 10 }));
    await refuse(window.api.searchGallery({ query: everything, offset: 0, limit: 100_000 }));
    await refuse(window.api.markPictures({ imageIds: ['../../etc/passwd'], mark: 'star' }));
    expect(
      await window.api.galleryPicture({ imageId: '0'.repeat(64) }).catch((thrown: unknown) => thrown),
    ).toMatchObject({ code: 'not-found' });
  });
});
