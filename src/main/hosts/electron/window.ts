import type { BrowserWindow } from 'electron';
import { appOrigin } from '../../../shared/channels.js';
import type { WindowConnections } from './ipc.js';
import type { ElectronModules } from './modules.js';
import { lockNavigation, webPreferences } from './security.js';

export interface WindowOptions {
  preloadScript: string;
  connections: WindowConnections;
}

export function openWindow(
  { BrowserWindow }: Pick<ElectronModules, 'BrowserWindow'>,
  { preloadScript, connections }: WindowOptions,
): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    title: 'DDT Studio',
    // Shown when the page has painted, so that no white flash comes before the dark board.
    show: false,
    backgroundColor: '#141416',
    webPreferences: { ...webPreferences, preload: preloadScript },
  });
  lockNavigation(window.webContents);
  connections.add(window.webContents);
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${appOrigin}/`);
  return window;
}
