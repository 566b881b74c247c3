/** The studio as a desktop program. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { ApplicationPaths } from '../../application.js';
import { createStudio, type Studio, type StudioOptions } from '../../studio/studio.js';
import type { EngineLauncher } from '../../supervisor/engine-process.js';
import { serveIpc } from './ipc.js';
import { utilityLauncher } from './launcher.js';
import { installMenu } from './menu.js';
import type { ElectronModules } from './modules.js';
import { registerScheme, serveScheme } from './protocol.js';
import { lockPermissions } from './security.js';
import { openWindow } from './window.js';

export interface ElectronHostOptions extends Pick<StudioOptions, 'engine' | 'storage'> {
  paths: ApplicationPaths;
  platform?: NodeJS.Platform;
  /** Absent = a utility process. */
  launchEngine?: EngineLauncher;
}

/** Null when another instance runs already: that one was asked to come to the front, and this one ends. */
export async function startElectronHost(
  electron: ElectronModules,
  options: ElectronHostOptions,
): Promise<Studio | null> {
  const { app } = electron;
  const { paths, platform = process.platform } = options;
  // Chromium's own files, and with them the lock of the single instance, belong to the data directory.
  app.setPath('userData', join(paths.dataDirectory, 'electron'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  registerScheme(electron.protocol);
  await app.whenReady();

  const studio = createStudio({
    version: paths.version,
    host: 'electron',
    dataDirectory: paths.dataDirectory,
    packDirectories: paths.packDirectories,
    launchEngine: options.launchEngine ?? utilityLauncher(electron.utilityProcess, paths.engineScript),
    chooseFile: async (suggestedName) => {
      const chosen = await electron.dialog.showSaveDialog({
        title: 'Save a copy of the project',
        defaultPath: suggestedName,
        filters: [{ name: 'DDT Studio project', extensions: ['ddt'] }],
      });
      return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
    },
    chooseFolder: async (title) => {
      const chosen = await electron.dialog.showOpenDialog({ title, properties: ['openDirectory'] });
      return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
    },
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.storage === undefined ? {} : { storage: options.storage }),
  });
  lockPermissions(electron.session.defaultSession);
  serveScheme(electron.protocol, {
    rendererDirectory: paths.rendererDirectory,
    readImage: (imageId) => studio.readImage(imageId),
    readThumbnail: (imageId, size) => studio.readThumbnail(imageId, size),
  });
  const menu = installMenu(electron, { platform, openWindow: () => void open() });
  const connections = serveIpc(electron.ipcMain, studio, menu.describe);
  const open = (): BrowserWindow => openWindow(electron, { preloadScript: paths.preloadScript, connections });

  app.on('second-instance', () => {
    const window = electron.BrowserWindow.getAllWindows()[0] ?? open();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (electron.BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => studio.close());
  open();
  return studio;
}
