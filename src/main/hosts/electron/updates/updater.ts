/** electron-updater as `updates.ts` sees it. Loaded when somebody asks: it reads Electron itself as soon as it is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Updater } from './updates.js';

/** A package that was built with an address to look at has this file; the address is in it. */
export function hasUpdates(resourcesPath: string): boolean {
  return existsSync(join(resourcesPath, 'app-update.yml'));
}

export async function loadUpdater(): Promise<Updater> {
  // A CommonJS package: its exports may come as the default one.
  const loaded = (await import('electron-updater')) as typeof import('electron-updater') & {
    default?: typeof import('electron-updater');
  };
  const { autoUpdater } = loaded.default ?? loaded;
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = false;
  return {
    check: async () => {
      const found = await autoUpdater.checkForUpdates();
      return found?.isUpdateAvailable === true ? found.updateInfo.version : null;
    },
    download: async (onProgress) => {
      const hear = ({ percent }: { percent: number }): void => onProgress(percent / 100);
      autoUpdater.on('download-progress', hear);
      try {
        await autoUpdater.downloadUpdate();
      } finally {
        autoUpdater.off('download-progress', hear);
      }
    },
    install: () => autoUpdater.quitAndInstall(),
  };
}
