/** Positions of a timeline kept on disk, seen from a window, over both transports. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../src/shared/jobs/jobs.js';
import { EventLog, putFrame, runJob } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost, type TestWindow } from './transports.js';

const patience = { timeout: 20_000 };
const positions = [0.7, 0, 1];

describe.each(Object.entries(transports))('the timeline’s cache over %s', (_name, openHost) => {
  let folders: TestFolders;
  let host: TestHost;
  let window: TestWindow;
  let log: EventLog;

  async function open(): Promise<void> {
    host = await openHost({ dataDirectory: folders.data, packDirectory: folders.packs });
    window = await host.openWindow();
    log = new EventLog(window.api);
    await window.api.openProject({});
    await expect.poll(async () => (await window.api.status({})).engine.state, patience).toBe('ready');
  }
  beforeEach(() => {
    folders = makeFolders();
  });
  afterEach(async () => {
    await host.close();
    folders.remove();
  });

  const kept = (): string[] => readdirSync(join(folders.data, 'cache', 'timeline'));
  const cache = async () => (await window.api.status({})).timelineCache;

  /** The positions the job reported, as it numbered them, and how many of them the engine computed. */
  async function ask(imageId: string): Promise<{ seen: [number, number][]; computed: number }> {
    const request: JobRequest = { kind: 'timeline', source: { imageId }, seed: 3, positions };
    const before = log.all.length;
    expect((await runJob(window.api, log, request)).type).toBe('done');
    const events = log.all.slice(before).flatMap((event) => (event.channel === 'job' ? [event.event] : []));
    const seen = events.flatMap((event): [number, number][] =>
      event.type === 'position' ? [[event.position.index, event.position.t]] : [],
    );
    // The fake engine names a phase in every job it runs.
    return { seen, computed: events.filter(({ type }) => type === 'progress').length };
  }

  test('a second visit is answered without the engine, until it is told to forget', async () => {
    await open();
    const { imageId } = await putFrame(window.api);
    const first = await ask(imageId);
    expect(first.seen).toEqual([
      [0, 0.7],
      [1, 0],
      [2, 1],
    ]);
    expect(first.computed).toBeGreaterThan(0);
    await expect.poll(kept, patience).toHaveLength(3);
    expect(await ask(imageId)).toEqual({ seen: first.seen, computed: 0 });
    await expect.poll(async () => (await cache()).bytes, patience).toBeGreaterThan(0);
    expect((await window.api.setTimelineCache({ clear: true })).timelineCache.bytes).toBe(0);
    expect(kept()).toEqual([]);
    expect((await ask(imageId)).computed).toBeGreaterThan(0);
  });

  test('captions are kept with the positions, and written again where nothing is kept', async () => {
    await open();
    const { imageId } = await putFrame(window.api);
    const request: JobRequest = { kind: 'captions', source: { imageId }, seed: 3, positions };
    const captions = async () => {
      const end = await runJob(window.api, log, request);
      expect(end).toMatchObject({ type: 'done', result: { kind: 'captions', positions: 3 } });
      const events = log.ofJob(end.jobId);
      const said = events.flatMap((event) =>
        event.type === 'caption' ? [[event.caption.index, event.caption.t]] : [],
      );
      return { said, written: events.filter(({ type }) => type === 'progress').length };
    };
    expect((await captions()).written).toBeGreaterThan(0);
    expect((await captions()).written).toBeGreaterThan(0);
    await ask(imageId);
    await expect.poll(kept, patience).toHaveLength(3);
    const { said } = await captions();
    await expect.poll(async () => (await captions()).written, patience).toBe(0);
    expect((await captions()).said).toEqual(said);
  });

  test('its limit outlives the studio', async () => {
    await open();
    expect((await cache()).limit).toBe(256 * 1024 * 1024);
    await window.api.setTimelineCache({ limit: 0 });
    await host.close();
    await open();
    expect((await cache()).limit).toBe(0);
    await ask((await putFrame(window.api)).imageId);
    expect((await cache()).bytes).toBe(0);
  });

  test('a folder that cannot be written is reported, and the job is done all the same', async () => {
    mkdirSync(join(folders.data, 'cache'), { recursive: true });
    writeFileSync(join(folders.data, 'cache', 'timeline'), '');
    await open();
    const { imageId } = await putFrame(window.api);
    expect((await ask(imageId)).seen).toHaveLength(3);
    await expect.poll(async () => (await cache()).problem?.code, patience).toBe('cache-unusable');
    expect((await ask(imageId)).seen).toHaveLength(3);
  });
});
