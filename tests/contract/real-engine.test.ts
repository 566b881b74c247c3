/** The built engine and the shipped pack behind the localhost host: what the fake engine stands for elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationPaths } from '../../src/main/application.js';
import { EventLog, putFrame, runJob, settings } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

const { engineScript, packDirectories } = applicationPaths();
const shippedPacks = packDirectories[0]!;

test('the built entry speaks through process.parentPort where it is a utility process of Electron', async () => {
  const folders = makeFolders([]);
  const host = await transports.electron({ dataDirectory: folders.data, packDirectory: shippedPacks, engineScript });
  try {
    const { api } = await host.openWindow();
    const log = new EventLog(api);
    await api.openProject({});
    const { imageId } = await putFrame(api, 'grey', 90);
    // The first request waits until the pack is open.
    const end = await runJob(api, log, { kind: 'encode', source: { imageId } });
    expect(end).toMatchObject({ type: 'done', result: { kind: 'encode' } });
    expect((await api.status({})).engine).toMatchObject({ state: 'ready', error: null });
  } finally {
    await host.close();
    folders.remove();
  }
});

// `npm test` builds first; before a bare `vitest` run `npm run build`.
describe('with the real engine', () => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;

  beforeAll(async () => {
    folders = makeFolders([]);
    host = await transports.web({ dataDirectory: folders.data, packDirectory: shippedPacks, engineScript });
    window = await host.openWindow();
    log = new EventLog(window.api);
    await window.api.openProject({});
  });
  afterAll(async () => {
    await host.close();
    folders.remove();
  });

  test('a prompt becomes tokens, previews and an image; the image is described and read back', async () => {
    const request = {
      kind: 'generate' as const,
      prompt: 'a red circle',
      seed: 5,
      variations: 1,
      settings: { ...settings, temperature: 0 },
    };
    const end = await runJob(window.api, log, request);
    if (end.type !== 'done' || end.result.kind !== 'generate') throw new Error(JSON.stringify(end));
    const { pack: summary, engine } = await window.api.status({});
    const { count } = summary!.manifest.tokens;
    const [image] = end.result.images;
    expect(image).toMatchObject({ width: summary!.manifest.image.width, height: summary!.manifest.image.height });
    expect(image!.codes).toHaveLength(count);
    const types = log.ofJob(end.jobId).map(({ type }) => type);
    expect(types.filter((type) => type === 'token')).toHaveLength(count);
    expect(types.filter((type) => type === 'preview').length).toBeGreaterThan(1);
    expect(engine).toMatchObject({ state: 'ready', error: null });
    expect(engine.providerReason).not.toBe('');
    expect((await window.load(window.api.imageUrl(image!.imageId)))?.type).toBe('image/png');

    const source = { imageId: image!.imageId };
    expect(await runJob(window.api, log, { kind: 'describe', source })).toMatchObject({
      type: 'done',
      result: { kind: 'describe', text: expect.stringMatching(/\w/) },
    });
    expect(await runJob(window.api, log, { kind: 'encode', source })).toMatchObject({
      type: 'done',
      result: { kind: 'encode', pack: summary!.id },
    });
    // Same seed, same pack, same provider: same pixels, so the same image of the same content.
    const again = await runJob(window.api, log, request);
    expect(again).toMatchObject({ type: 'done', result: { images: [{ imageId: image!.imageId }] } });
  });

  test('an imported image of another size has a timeline', async () => {
    const { imageId } = await putFrame(window.api, 'grey', 90);
    const end = await runJob(window.api, log, {
      kind: 'timeline',
      source: { imageId },
      seed: 1,
      positions: [0.2, 0.9],
    });
    expect(end).toMatchObject({ type: 'done', result: { kind: 'timeline', positions: 2 } });
    const positions = log.ofJob(end.jobId).filter((event) => event.type === 'position');
    expect(positions.map((event) => event.type === 'position' && event.position.t)).toEqual([0.2, 0.9]);
  });

  test('maps of influence arrive as bytes, and a branch keeps what a window locks', async () => {
    const { imageId } = await putFrame(window.api, 'ablated', 120);
    const groups = [
      { from: 0, to: 3 },
      { from: 4, to: 9 },
    ];
    const end = await runJob(window.api, log, { kind: 'ablate', source: { imageId }, seed: 1, groups });
    expect(end).toMatchObject({ type: 'done', result: { kind: 'ablate', groups } });
    const maps = log.ofJob(end.jobId).flatMap((event) => (event.type === 'influence' ? [event.influence.map] : []));
    expect(maps).toHaveLength(2);
    for (const { width, height, data } of maps) {
      expect(data).toBeInstanceOf(Uint8Array);
      expect(data).toHaveLength(width * height);
    }

    const { count } = (await window.api.status({})).pack!.manifest.tokens;
    const kept = Array.from({ length: count }, (_, index) => (index < count / 2 ? null : index));
    const request = { kind: 'generate' as const, prompt: '', seed: 1, variations: 2, settings, kept };
    const branch = await runJob(window.api, log, request);
    if (branch.type !== 'done' || branch.result.kind !== 'generate') throw new Error(JSON.stringify(branch));
    for (const { codes } of branch.result.images) expect(codes.slice(count / 2)).toEqual(kept.slice(count / 2));
  });

  test('cancelling ends a real job and leaves the engine to the next', async () => {
    const slow = { ...settings, steps: 200 };
    const request = { kind: 'generate' as const, prompt: 'a red circle', seed: 1, variations: 4, settings: slow };
    const { jobId } = await window.api.submit({ request });
    await log.ofType(jobId, 'preview');
    expect(await window.api.cancel({ jobId })).toEqual({ cancelled: true });
    const next = await runJob(window.api, log, { ...request, variations: 1, settings });
    expect(next.type).toBe('done');
    expect((await window.api.status({})).engine.restarts).toBe(0);
  });
});
