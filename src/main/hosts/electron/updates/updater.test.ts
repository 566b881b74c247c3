/** What is asked of electron-updater: it fetches and installs nothing by itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { hasUpdates, loadUpdater } from './updater.js';

class AutoUpdater extends EventEmitter {
  autoDownload = true;
  autoInstallOnAppQuit = true;
  found: { isUpdateAvailable: boolean; updateInfo: { version: string } } | null = null;
  readonly checkForUpdates = vi.fn(async () => this.found);
  readonly downloadUpdate = vi.fn(async () => void this.emit('download-progress', { percent: 25 }));
  readonly quitAndInstall = vi.fn();
}

let autoUpdater: AutoUpdater;
beforeEach(() => {
  autoUpdater = new AutoUpdater();
  vi.resetModules();
  vi.doMock('electron-updater', () => ({ default: { autoUpdater } }));
});

it('nothing is fetched or installed before it is asked for', async () => {
  const updater = await loadUpdater();
  expect(autoUpdater).toMatchObject({ autoDownload: false, autoInstallOnAppQuit: false });
  expect(autoUpdater.checkForUpdates).not.toHaveBeenCalled();
  expect(await updater.check()).toBeNull();
  autoUpdater.found = { isUpdateAvailable: false, updateInfo: { version: '0.1.0' } };
  expect(await updater.check()).toBeNull();
  autoUpdater.found = { isUpdateAvailable: true, updateInfo: { version: '2.0.0' } };
  expect(await updater.check()).toBe('2.0.0');
  expect(autoUpdater.downloadUpdate).not.toHaveBeenCalled();

  const fractions: number[] = [];
  await updater.download((fraction) => fractions.push(fraction));
  expect(fractions).toEqual([0.25]);
  expect(autoUpdater.listenerCount('download-progress')).toBe(0);
  expect(autoUpdater.quitAndInstall).not.toHaveBeenCalled();
  updater.install();
  expect(autoUpdater.quitAndInstall).toHaveBeenCalledOnce();
});

it('a package without an address to look at has no updates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-updates-'));
  expect(hasUpdates(folder)).toBe(false);
  writeFileSync(join(folder, 'app-update.yml'), '');
  expect(hasUpdates(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});
