/** What every window may rely on, held against both transports. The engine behind them is a fake one. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodePng } from '../../src/main/storage/images/images.js';
import type { JobRequest } from '../../src/shared/jobs/jobs.js';
import { applyOperations } from '../../src/shared/document/document.js';
import { craft } from '../../tools/withstand/crafted-project.js';
import { codeOf, EventLog, frameOf, generate, greyPng, isTerminal, putFrame, runJob, settings } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

/** A busy machine is slow, not wrong. */
const patience = { timeout: 20_000 };

describe.each(Object.entries(transports))('the contract over %s', (_name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;

  const start = async (options: Partial<Parameters<typeof openHost>[0]> = {}): Promise<void> => {
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs, ...options });
    window = await host.openWindow();
    log = new EventLog(window.api);
  };
  const ready = () => expect.poll(async () => (await window.api.status({})).engine.state, patience).toBe('ready');

  beforeEach(async () => {
    folders = makeFolders();
    await start();
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  test('status, packs and change of pack', async () => {
    await ready();
    const packs = await window.api.listPacks({});
    expect(packs.map(({ id }) => id)).toEqual(['alpha@1.0.0', 'beta@1.0.0']);
    const status = await window.api.usePack({ id: 'beta@1.0.0' });
    expect(status).toMatchObject({ pack: { id: 'beta@1.0.0' }, engine: { state: 'ready', provider: 'cpu' } });
    await log.until(
      () => log.all.find((event) => event.channel === 'status' && event.status.pack?.id === 'beta@1.0.0'),
      'the news of the pack',
    );
    expect(await codeOf(window.api.usePack({ id: 'gamma@1' }))).toBe('pack-missing');
    await host.close();
    await start();
    await ready();
    expect((await window.api.status({})).pack?.id).toBe('beta@1.0.0');
  });

  test('the opening of a pack that never ends can be stopped, and nobody waits for it meanwhile', async () => {
    folders.addPack('endless');
    await ready();
    const opening = codeOf(window.api.usePack({ id: 'endless@1.0.0' }));
    await expect.poll(async () => (await window.api.status({})).engine.state, patience).toBe('starting');
    await window.api.createProject({ name: 'Meanwhile' });
    await putFrame(window.api);
    expect((await window.api.stopOpening({})).engine.state).toBe('stopped');
    expect(await opening).toBe('cancelled');
    expect((await window.api.usePack({ id: 'alpha@1.0.0' })).engine.state).toBe('ready');
    // There is nothing to stop any more.
    expect((await window.api.stopOpening({})).engine.state).toBe('ready');
  });

  test('the engine gives its memory back and opens its pack again for the next job', async () => {
    await ready();
    await window.api.openProject({});
    const { engine, pack } = await window.api.unloadEngine({});
    expect(engine).toMatchObject({ state: 'stopped', memory: null, error: null });
    expect(pack?.id).toBe((await window.api.status({})).pack?.id);
    expect(await runJob(window.api, log, generate('a circle'))).toMatchObject({ type: 'done' });
    expect((await window.api.status({})).engine.state).toBe('ready');
  });

  test('a device can be chosen, is named, and is chosen still after a restart', async () => {
    await ready();
    const { devices, chosenDevice } = (await window.api.status({})).engine;
    expect([devices.map(({ id }) => id), chosenDevice]).toEqual([['cuda:0', 'cuda:1'], null]);
    const { engine } = await window.api.chooseDevice({ device: 'cuda:1' });
    expect(engine).toMatchObject({ provider: 'cuda:1', device: 'Second fake', chosenDevice: 'cuda:1', state: 'ready' });
    expect(await codeOf(window.api.chooseDevice({ device: '../x' }))).toBe('bad-request');
    await host.close();
    await start();
    await ready();
    expect((await window.api.status({})).engine).toMatchObject({ device: 'Second fake', chosenDevice: 'cuda:1' });
    expect((await window.api.chooseDevice({ device: null })).engine).toMatchObject({ provider: 'cpu', device: null });
  });

  test('projects: the first is made, others are made, listed and opened again', async () => {
    const first = await window.api.openProject({});
    expect(first).toMatchObject({ revision: 0, readOnly: null, history: { undo: null, redo: null } });
    await putFrame(window.api);
    const second = await window.api.createProject({ name: 'Second' });
    expect(second.document).toMatchObject({ name: 'Second', frames: [] });
    const listed = await window.api.listProjects({});
    expect(listed.map(({ name, frames }) => [name, frames]).sort()).toEqual([
      ['Second', 0],
      ['Untitled', 1],
    ]);
    expect((await window.api.openProject({ id: first.document.id })).document.frames).toHaveLength(1);
    expect(await codeOf(window.api.openProject({ id: '../../etc/passwd' }))).toBe('not-found');
    expect((await window.api.openProject({})).document.id).toBe(first.document.id);
  });

  test('a project that could not be opened is not what the next start begins with', async () => {
    const good = await window.api.openProject({});
    await host.close();
    const projects = join(folders.data, 'projects');
    const bad = '00000000-0000-4000-8000-000000000001';
    const sound = readFileSync(join(projects, `${good.document.id}.ddt`));
    craft(sound, join(projects, `${bad}.ddt`), `UPDATE state SET annotations = '${'['.repeat(300)}${']'.repeat(300)}'`);
    await start();
    expect(await codeOf(window.api.openProject({ id: bad }))).toBe('project-damaged');
    await host.close();
    await start();
    expect((await window.api.openProject({})).document.id).toBe(good.document.id);
  });

  test('commit, undo and redo tell every window on the project', async () => {
    const { document } = await window.api.openProject({});
    const other = await host.openWindow();
    const otherLog = new EventLog(other.api);
    await other.api.openProject({});
    await putFrame(window.api);
    expect(await window.api.undo({})).toEqual({ label: 'Add frame-1' });
    expect(await other.api.history({})).toMatchObject({ steps: [{ label: 'Add frame-1' }], applied: 0 });
    expect(await window.api.redo({})).toEqual({ label: 'Add frame-1' });
    const told = await otherLog.until(() => {
      const events = otherLog.all.filter((event) => event.channel === 'document');
      return events.length === 3 ? events : undefined;
    }, 'three changes');
    expect(told.map(({ revision, history }) => [revision, history.undo, history.redo])).toEqual([
      [1, 'Add frame-1', null],
      [2, null, 'Add frame-1'],
      [3, 'Add frame-1', null],
    ]);
    const followed = told.reduce((state, { operations }) => applyOperations(state, operations), document);
    expect(followed).toEqual((await window.api.openProject({ id: document.id })).document);
    await other.close();
  });

  test('undo survives a restart, and so do the images it needs', async () => {
    await window.api.openProject({});
    const image = await putFrame(window.api);
    await window.api.commit({
      transaction: { label: 'Delete', operations: [{ type: 'remove-frame', frameId: 'frame-1' }] },
    });
    const orphan = await window.api.importImage({ bytes: greyPng(99), fileName: 'x.png' });
    await host.close();
    await start();
    const opened = await window.api.openProject({});
    expect(opened).toMatchObject({ revision: 2, history: { undo: 'Delete' }, document: { frames: [] } });
    expect(await window.api.undo({})).toEqual({ label: 'Delete' });
    expect((await window.api.openProject({})).document.frames[0]).toEqual(frameOf(image));
    expect((await window.load(window.api.imageUrl(image.imageId)))?.type).toBe('image/png');
    expect(await window.load(window.api.imageUrl(orphan.imageId))).toBeNull();
    expect(await window.api.undo({})).toEqual({ label: 'Add frame-1' });
    expect(await window.api.undo({})).toEqual({ label: null });
  });

  test('a change that does not fit leaves the document as it was', async () => {
    await window.api.openProject({});
    const image = await putFrame(window.api);
    const before = await window.api.openProject({});
    const refused = [
      { type: 'put-frame' as const, frame: frameOf({ ...image, imageId: 'f'.repeat(64) }, 'other') },
      { type: 'remove-frame' as const, frameId: 'nobody' },
    ];
    for (const operation of refused) {
      const operations = [{ type: 'rename' as const, name: 'Changed' }, operation];
      expect(await codeOf(window.api.commit({ transaction: { label: 'x', operations } }))).toBe('not-found');
    }
    expect(await window.api.openProject({})).toEqual(before);
  });

  test('the second window on a project may look, and writes once the first is gone', async () => {
    await window.api.openProject({});
    const other = await host.openWindow();
    const opened = await other.api.openProject({});
    expect(opened.readOnly).toMatch(/another window/);
    for (const call of [
      other.api.importImage({ bytes: greyPng(1), fileName: 'a.png' }),
      other.api.undo({}),
      other.api.commit({ transaction: { label: 'x', operations: [{ type: 'rename', name: 'x' }] } }),
      other.api.submit({ request: generate('slow') }),
    ]) {
      expect(await codeOf(call)).toBe('project-read-only');
    }
    await window.close();
    const reopened = () => other.api.openProject({ id: opened.document.id });
    await expect.poll(async () => (await reopened()).readOnly, patience).toBeNull();
    await putFrame(other.api);
    await other.close();
  });

  test('an imported image is stored once and served to the window', async () => {
    await window.api.openProject({});
    const bytes = greyPng(10);
    const first = await window.api.importImage({ bytes, fileName: 'a.png' });
    expect(await window.api.importImage({ bytes, fileName: 'b.png' })).toEqual(first);
    expect(first).toMatchObject({ width: 4, height: 4 });
    expect((await window.load(window.api.imageUrl(first.imageId)))?.bytes.slice(1, 4)).toEqual(
      new TextEncoder().encode('PNG'),
    );
    expect(await window.load(window.api.imageUrl('0'.repeat(64)))).toBeNull();
    const broken = window.api.importImage({ bytes: bytes.slice(0, 40), fileName: 'holiday.png' });
    await expect(broken).rejects.toMatchObject({ code: 'image-unreadable', message: /“holiday.png”/ });
  });

  test('every kind of job runs, in order, and ends once', async () => {
    await window.api.openProject({});
    const { imageId } = await putFrame(window.api);
    const pack = 'alpha@1.0.0';
    const codes = [0, 1, 2, 3, 4, 5, 6, 7];
    const made = await runJob(window.api, log, generate('a circle', 2));
    expect(made).toMatchObject({
      type: 'done',
      result: { kind: 'generate', pack, images: [{ seed: 7, codes, width: 16 }, { seed: 8 }] },
    });
    expect(log.ofJob(made.jobId).map(({ type }) => type)).toEqual([
      'queued',
      'started',
      'progress',
      'progress',
      'progress',
      'token',
      'preview',
      'done',
    ]);
    const preview = log.ofJob(made.jobId).find((event) => event.type === 'preview');
    expect(preview?.type === 'preview' && preview.image.data).toBeInstanceOf(Uint8Array);
    const source = { imageId };
    const results = [
      await runJob(window.api, log, { kind: 'edit', source, instruction: 'x', seed: 1, variations: 1, settings }),
      await runJob(window.api, log, { kind: 'describe', source: { pack, codes } }),
      await runJob(window.api, log, { kind: 'ask', source, question: 'what?' }),
      await runJob(window.api, log, { kind: 'encode', source }),
      await runJob(window.api, log, decode(pack, codes, { imageId })),
      await runJob(window.api, log, { kind: 'timeline', source, seed: 1, positions: [0, 0.5, 1] }),
    ];
    expect(results).toMatchObject([
      { type: 'done', result: { kind: 'edit', pack } },
      { type: 'done', result: { kind: 'describe', text: 'a fake answer' } },
      { type: 'done', result: { kind: 'ask', text: 'a fake answer' } },
      { type: 'done', result: { kind: 'encode', pack, codes } },
      { type: 'done', result: { kind: 'decode', image: { width: 16, height: 16 } } },
      { type: 'done', result: { kind: 'timeline', positions: 3 } },
    ]);
    expect(log.ofJob(results[5]!.jobId).filter(({ type }) => type === 'position')).toHaveLength(3);
  });

  test('the studies of the papers bring their curves and pictures, one after another', async () => {
    await window.api.openProject({});
    const { imageId } = await putFrame(window.api);
    const source = { imageId };
    const studies = [
      [{ kind: 'entropy' as const, sources: [source, source], strides: [0, 1] }, 'entropy', 2],
      [{ kind: 'spectrum' as const, source, counts: [1, 2], seed: 1, steps: 2 }, 'spectrum', 2],
      [{ kind: 'seeds' as const, source, count: 3, seed: 1, steps: 2 }, 'seed-picture', 3],
    ] as const;
    for (const [request, type, news] of studies) {
      const end = await runJob(window.api, log, request as JobRequest);
      expect(end).toMatchObject({ type: 'done', result: { kind: request.kind } });
      expect(log.ofJob(end.jobId).filter((event) => event.type === type)).toHaveLength(news);
    }
    const pictures = log.all.flatMap((event) =>
      event.channel === 'job' && event.event.type === 'seed-picture' ? [event.event.picture] : [],
    );
    expect(pictures[0]!.image.data).toBeInstanceOf(Uint8Array);
    expect(pictures.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  });

  test('tokens that do not fit the pack, images that are not there', async () => {
    await window.api.openProject({});
    const fits = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const [pack, codes] of [
      ['beta@1.0.0', fits],
      ['alpha@1.0.0', [1]],
      ['alpha@1.0.0', [...fits.slice(1), 10]],
    ] as const) {
      const failed = await runJob(window.api, log, decode(pack, [...codes]));
      expect(failed).toMatchObject({ type: 'failed', error: { code: 'tokens-invalid' } });
    }
    const missing = await runJob(window.api, log, { kind: 'encode', source: { imageId: 'a'.repeat(64) } });
    expect(missing).toMatchObject({ type: 'failed', error: { code: 'not-found' } });
  });

  test('jobs wait their turn; a waiting and a running one can be cancelled', async () => {
    await window.api.openProject({});
    const running = await window.api.submit({ request: generate('slow') });
    await log.ofType(running.jobId, 'progress');
    const waiting = await window.api.submit({ request: generate('slow') });
    const last = await window.api.submit({ request: generate('quick') });
    expect(await log.ofType(waiting.jobId, 'queued')).toMatchObject({ ahead: 1 });
    expect(await window.api.cancel({ jobId: waiting.jobId })).toEqual({ cancelled: true });
    expect(await window.api.cancel({ jobId: running.jobId })).toEqual({ cancelled: true });
    expect(await window.api.cancel({ jobId: running.jobId })).toEqual({ cancelled: false });
    expect((await log.end(last.jobId)).type).toBe('done');
    for (const { jobId } of [running, waiting]) {
      expect(log.ofJob(jobId).filter(isTerminal)).toEqual([{ jobId, type: 'cancelled' }]);
      expect(isTerminal(log.ofJob(jobId).at(-1)!)).toBe(true);
    }
    expect((await window.api.status({})).queue).toMatchObject({ running: 0, waiting: 0 });
  });

  test('a window that goes away takes its jobs with it; another window cannot touch them', async () => {
    await window.api.openProject({});
    const { jobId } = await window.api.submit({ request: generate('slow') });
    const other = await host.openWindow();
    expect(await other.api.cancel({ jobId })).toEqual({ cancelled: false });
    await window.close();
    await expect
      .poll(async () => (await other.api.status({})).queue, patience)
      .toMatchObject({ running: 0, waiting: 0 });
    await other.close();
  });

  test('the engine dies in mid-job: that job fails, the next ones run', async () => {
    await window.api.openProject({});
    const doomed = await window.api.submit({ request: generate('crash now') });
    const next = await window.api.submit({ request: generate('a circle') });
    expect(await log.end(doomed.jobId)).toMatchObject({ type: 'failed', error: { code: 'engine-stopped' } });
    expect((await log.end(next.jobId)).type).toBe('done');
    expect((await window.api.status({})).engine).toMatchObject({ state: 'ready', restarts: 1, error: null });
    expect(await runJob(window.api, log, generate('fail'))).toMatchObject({
      type: 'failed',
      error: { code: 'engine-failed' },
    });
  });

  test('a job that ignores its cancellation is ended with its process', async () => {
    await host.close();
    await start({ engine: { cancelGraceMs: 100 } });
    await window.api.openProject({});
    const stubborn = await window.api.submit({ request: generate('hang') });
    await log.ofType(stubborn.jobId, 'started');
    await ready();
    await window.api.cancel({ jobId: stubborn.jobId });
    expect((await runJob(window.api, log, generate('a circle'))).type).toBe('done');
    expect((await window.api.status({})).engine.restarts).toBe(1);
  });

  test('malformed messages are answered with the field that is wrong', async () => {
    await window.api.openProject({});
    const base = generate('a circle');
    for (const [method, parameters, field] of [
      ['format', {}, 'format'],
      ['constructor', {}, 'constructor'],
      ['status', { extra: 1 }, 'extra'],
      ['status', null, 'its parameters'],
      ['openProject', { id: 5 }, 'id'],
      ['createProject', { name: ' ' }, 'name'],
      ['submit', { request: { ...base, variations: 17 } }, 'request.variations'],
      ['submit', { request: { ...base, seed: 1.5 } }, 'request.seed'],
      ['submit', { request: { ...base, settings: { ...settings, steps: 0 } } }, 'request.settings.steps'],
      ['submit', { request: { kind: 'describe', source: { imageId: '../x' } } }, 'request.source.imageId'],
      ['submit', { request: { ...decode('p', [1]), t: 2 } }, 'request.t'],
      ['submit', { request: { kind: 'paint' } }, 'request.kind'],
      ['commit', { transaction: { label: 'x', operations: [{ type: 'explode' }] } }, 'transaction.operations.0.type'],
      ['importImage', { bytes: 'text', fileName: 'a' }, 'bytes'],
      ['cancel', {}, 'jobId'],
    ] as const) {
      const outcome = await window.callRaw(method, parameters);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'bad-request' } });
      expect(!outcome.ok && outcome.error.message).toContain(field);
    }
    expect(await codeOf(window.api.submit({ request: generate('  ') }))).toBe('prompt-empty');
    expect(await codeOf(window.api.submit({ request: generate('x'.repeat(2001)) }))).toBe('prompt-too-long');
    expect((await window.api.status({})).queue.running).toBe(0);
  });

  test('nothing is possible before a project is open', async () => {
    expect(await codeOf(window.api.undo({}))).toBe('bad-request');
    expect(await codeOf(window.api.submit({ request: generate('a circle') }))).toBe('bad-request');
  });

  test('a full disk leaves the document as it was and the program usable', async () => {
    await window.api.openProject({});
    await putFrame(window.api);
    await host.close();
    await start({ storage: { maxPages: 20 } });
    const before = await window.api.openProject({});
    const bytes = encodePng({ width: 200, height: 200, data: randomBytes(200 * 200 * 4) });
    expect(await codeOf(window.api.importImage({ bytes, fileName: 'big.png' }))).toBe('disk-full');
    const image = before.document.frames[0]!;
    const operations = Array.from({ length: 300 }, (_, index) => ({
      type: 'put-frame' as const,
      frame: { ...image, id: `copy-${index}` },
    }));
    expect(await codeOf(window.api.commit({ transaction: { label: 'Copies', operations } }))).toBe('disk-full');
    expect(await window.api.openProject({})).toEqual(before);
    expect(await window.api.undo({})).toEqual({ label: 'Add frame-1' });
  });

  test('without a usable pack the program says so, and goes on when one appears', async () => {
    await host.close();
    folders.remove();
    folders = makeFolders([]);
    await start();
    await window.api.openProject({});
    expect(await codeOf(window.api.submit({ request: generate('a circle') }))).toBe('pack-missing');
    expect((await window.api.status({})).engine).toMatchObject({ state: 'failed', error: { code: 'pack-missing' } });
    await putFrame(window.api);

    await host.close();
    folders.remove();
    folders = makeFolders(['refuse']);
    await start();
    await window.api.openProject({});
    await expect
      .poll(async () => (await window.api.status({})).engine, patience)
      .toMatchObject({ state: 'failed', error: { code: 'pack-damaged' } });
    expect(await codeOf(window.api.submit({ request: generate('a circle') }))).toBe('pack-damaged');
  });
});

function decode(pack: string, codes: number[], more: { imageId?: string } = {}) {
  return { kind: 'decode' as const, pack, codes, t: 1, keepFrom: 0, steps: 2, seed: 1, tokenGuidance: 1, ...more };
}
