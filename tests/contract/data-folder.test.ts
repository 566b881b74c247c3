/** What the studio leaves in its data folder, on a machine that others use too. */
import { lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepLogs } from '../../src/main/diagnostics/log.js';
import { PositionCache } from '../../src/main/storage/positions/position-cache.js';
import type { CachedPosition } from '../../src/main/storage/positions/position-file.js';
import { ProjectLibrary } from '../../src/main/storage/projects/library.js';
import { greyPng, putFrame } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost } from './transports.js';

let folders: TestFolders;
let data: string;
let host: TestHost;

beforeAll(async () => {
  folders = makeFolders();
  data = join(folders.data, 'not', 'there', 'yet');
  host = await transports.web({ dataDirectory: data, packDirectory: folders.packs });
});
afterAll(async () => {
  await host.close();
  folders.remove();
});

const folderNames = (parent: string): string[] =>
  readdirSync(parent, { recursive: true, encoding: 'utf8' }).filter((name) =>
    lstatSync(join(parent, name)).isDirectory(),
  );

test.skipIf(process.platform === 'win32')('nobody else can look into it', async () => {
  const logs = keepLogs(data);
  const window = await host.openWindow();
  await window.api.openProject({});
  await putFrame(window.api);
  await window.api.setPreferences({ changes: { a: 1 } });
  const { imageId } = await window.api.importImage({ bytes: greyPng(3), fileName: 'a.png' });
  expect(await window.load(`/thumbnails/128/${imageId}.png`)).not.toBeNull();
  const cache = new PositionCache(join(data, 'cache', 'timeline'), { limit: 1e6 });
  const pane = { width: 1, height: 1, data: new Uint8Array(4) };
  const position: CachedPosition = {
    ...{ t: 0.5, visibleTokens: 1, noised: pane, alone: pane, restored: pane },
  };
  await cache.write({ pack: 'p', imageId: null, codes: [1], seed: 1, t: 0.5 }, position);
  logs.close();
  const made = folderNames(data);
  expect(made).toEqual(expect.arrayContaining(['projects', join('projects', '.leases'), 'logs', 'cache']));
  for (const name of ['.', ...made]) expect((statSync(join(data, name)).mode & 0o777).toString(8), name).toBe('700');
});

test.skipIf(process.platform === 'win32')(
  'in a folder that was there, what lies beside the others is its owner’s too',
  async () => {
    const shared = join(folders.data, 'shared');
    mkdirSync(shared, { mode: 0o755 });
    const other = await transports.web({ dataDirectory: shared, packDirectory: folders.packs });
    const window = await other.openWindow();
    const { document } = await window.api.openProject({});
    await window.api.setPreferences({ changes: { a: 1 } });
    await expect.poll(() => new ProjectLibrary(shared).lastUsed()).toBe(document.id);
    await other.close();
    const entries = readdirSync(shared);
    expect(entries).toEqual(expect.arrayContaining(['settings.json', 'preferences.json', 'projects']));
    for (const name of entries) expect((statSync(join(shared, name)).mode & 0o077).toString(8), name).toBe('0');
  },
);
