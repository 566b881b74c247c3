/** Two packs beside each other, held against both transports. The engines behind them are fake ones. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeManifest } from '../fakes/engine-parts.js';
import type { JobEvent } from '../../src/shared/contract/events.js';
import type { PackComparisonNews } from '../../src/shared/packs/pack-comparison.js';
import { writeFakePack } from '../fakes/fake-pack.js';
import { codeOf, EventLog, generate, putFrame, runJob } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

const patience = { timeout: 20_000 };

describe.each(Object.entries(transports))('comparing packs over %s', (_name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;
  const request = (directory: string, pictures: string[] = [], prompt = 'a star') => ({
    kind: 'pack-comparison' as const,
    directory,
    prompt,
    seed: 5,
    steps: 2,
    pictures: pictures.map((imageId) => ({ imageId })),
  });
  const failedWith = (code: string) => ({ type: 'failed', error: { code } });
  const newsOf = (end: JobEvent): PackComparisonNews[] =>
    log.ofJob(end.jobId).flatMap((event) => (event.type === 'pack-comparison' ? [event.news] : []));

  beforeEach(async () => {
    folders = makeFolders();
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    window = await host.openWindow();
    log = new EventLog(window.api);
    await window.api.openProject({});
    await expect.poll(async () => (await window.api.status({})).engine.state, patience).toBe('ready');
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  test('a second pack is shown while the first stays open and in use', async () => {
    const { imageId } = await putFrame(window.api);
    const other = await putFrame(window.api, 'frame-2', 200);
    const before = await window.api.status({});
    const shown: PackComparisonNews[][] = [];
    for (const name of ['alpha', 'beta']) {
      const end = await runJob(window.api, log, request(join(folders.packs, name), [imageId, other.imageId]));
      expect(end).toMatchObject({ type: 'done', result: { kind: 'pack-comparison', pack: `${name}@1.0.0` } });
      shown.push(newsOf(end));
    }
    for (const news of shown) {
      const steps = new Array<string>(9).fill('interpolation');
      expect(news.map(({ part }) => part)).toEqual(['pack', 'drawn', 'restored', ...steps, 'entropy']);
      expect(news.every((one) => !('missing' in one))).toBe(true);
    }
    const drawn = shown[1]!.find((news) => news.part === 'drawn' && 'image' in news);
    expect(drawn).toMatchObject({ image: { width: 16, height: 16, data: expect.any(Uint8Array) } });
    const after = await window.api.status({});
    expect(after).toMatchObject({
      pack: { id: 'alpha@1.0.0' },
      engine: { state: 'ready', restarts: before.engine.restarts },
    });
    expect(await runJob(window.api, log, generate('a circle'))).toMatchObject({
      type: 'done',
      result: { pack: 'alpha@1.0.0' },
    });
    expect(await window.api.releasePacks({})).toEqual({});
  });

  /** As a person gives a folder: in the host's dialog where it has one, by its path elsewhere. */
  function find(folder: string): ReturnType<typeof window.api.findPack> {
    host.answerFolderDialog?.(folder);
    return window.api.findPack({ folder: host.answerFolderDialog === undefined ? folder : null });
  }

  test('a pack from any folder is found, checked and shown; what is wrong with one is said', async () => {
    const elsewhere = join(dirname(folders.packs), 'elsewhere');
    const good = writeFakePack(join(elsewhere, 'good'), { name: 'good' });
    expect(await runJob(window.api, log, request(good))).toMatchObject(failedWith('pack-missing'));
    expect(await find(good)).toMatchObject({ id: 'good@1.0.0', directory: good });
    expect(await runJob(window.api, log, request(good))).toMatchObject({ type: 'done' });
    writeFileSync(join(good, 'lm.onnx'), 'cut off');
    expect(await codeOf(find(good))).toBe('pack-damaged');
    expect(await codeOf(find(join(elsewhere, 'nowhere')))).toBe('pack-missing');
    const refused = writeFakePack(join(elsewhere, 'refuse'), { name: 'refuse' });
    await find(refused);
    expect(await runJob(window.api, log, request(refused))).toMatchObject(failedWith('pack-damaged'));
    expect((await window.api.status({})).engine.state).toBe('ready');
  });

  test('the host asks for a folder where it can', async () => {
    if (host.answerFolderDialog === undefined) {
      expect(await codeOf(window.api.findPack({ folder: null }))).toBe('bad-request');
      return;
    }
    host.answerFolderDialog(null);
    for (const folder of ['/etc', '\\\\server\\share']) {
      expect(await codeOf(window.api.findPack({ folder }))).toBe('bad-request');
    }
    expect(await window.api.findPack({ folder: null })).toBeNull();
    const chosen = writeFakePack(join(dirname(folders.packs), 'chosen'), { name: 'chosen' });
    host.answerFolderDialog(chosen);
    expect(await window.api.findPack({ folder: null })).toMatchObject({ id: 'chosen@1.0.0' });
  });

  test('without a language model, and with another K, the rest works', async () => {
    const plain = writeFakePack(join(dirname(folders.packs), 'plain'), {
      name: 'plain',
      tokens: { ...fakeManifest().tokens, count: 3 },
      languageModel: undefined,
      tokenizer: undefined,
      graphs: { encoder: 'encoder.onnx', decoder: 'decoder.onnx' },
    });
    await find(plain);
    const [a, b] = [await putFrame(window.api), await putFrame(window.api, 'frame-2', 200)];
    const news = newsOf(await runJob(window.api, log, request(plain, [a.imageId, b.imageId])));
    const missing = news.filter((one) => 'missing' in one).map(({ part }) => part);
    expect(missing).toEqual(['drawn', 'entropy']);
    const way = news.flatMap((one) => (one.part === 'interpolation' && 'replaced' in one ? [one.replaced] : []));
    expect([way[0], way.at(-1), way.length]).toEqual([0, 3, 9]);
  });

  test('cancelled: the second engine is free for the next comparison', async () => {
    const beta = join(folders.packs, 'beta');
    const { jobId } = await window.api.submit({ request: request(beta, [], 'slow star') });
    await log.ofType(jobId, 'progress');
    expect(await window.api.cancel({ jobId })).toEqual({ cancelled: true });
    expect(await log.end(jobId)).toMatchObject({ type: 'cancelled' });
    await window.api.releasePacks({});
    expect(await runJob(window.api, log, request(beta))).toMatchObject({ type: 'done' });
  });

  test('a second engine that crashes fails its comparison and nothing else', async () => {
    const beta = join(folders.packs, 'beta');
    const end = await runJob(window.api, log, request(beta, [], 'crash now'));
    expect(end).toMatchObject(failedWith('engine-stopped'));
    expect((await window.api.status({})).engine).toMatchObject({ state: 'ready', restarts: 0 });
    expect(await runJob(window.api, log, request(beta))).toMatchObject({ type: 'done' });
  });

  test('what no comparison can be is refused', async () => {
    const fits = request(join(folders.packs, 'beta'));
    for (const wrong of [
      { ...fits, steps: 0 },
      { ...fits, directory: '' },
      { ...fits, pictures: [{ imageId: '../x' }] },
    ]) {
      expect(await window.callRaw('submit', { request: wrong })).toMatchObject({
        ok: false,
        error: { code: 'bad-request' },
      });
    }
    const unknown = await runJob(window.api, log, request(join(folders.packs, 'beta'), ['a'.repeat(64)]));
    expect(unknown).toMatchObject(failedWith('not-found'));
  });
});
