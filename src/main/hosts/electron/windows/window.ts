import type { BrowserWindow } from 'electron';
import { appOrigin } from '../../../../shared/contract/channels.js';
import type { DesktopSettingsFile } from '../desktop-settings.js';
import type { ElectronModules } from '../modules.js';
import { lockNavigation, webPreferences } from './security.js';
import { showWhenPainted } from './showing.js';
import { placeForWindow, smallestWindow, withPlace, type DisplayArea } from './window-place.js';

export interface WindowOptions {
  preloadScript: string;
  settings: DesktopSettingsFile;
  development: boolean;
  /** Joins the window to the studio, before its page is loaded. */
  join: (window: BrowserWindow) => void;
}

type Modules = Pick<ElectronModules, 'BrowserWindow' | 'screen'>;

export function openWindow(electron: Modules, options: WindowOptions): BrowserWindow {
  const { settings, development } = options;
  const others = electron.BrowserWindow.getAllWindows().map((window) => window.getNormalBounds());
  const { maximized, ...place } = placeForWindow(settings.get().windows, displays(electron), others);
  const window = new electron.BrowserWindow({
    ...place,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'DDT Studio',
    show: false,
    backgroundColor: '#141416',
    webPreferences: { ...webPreferences, devTools: development, preload: options.preloadScript },
  });
  lockNavigation(window.webContents);
  showWhenPainted(window, { maximized });
  rememberPlace(electron, window, settings);
  options.join(window);
  // What went wrong is told by `did-fail-load`; without this the same would end the program.
  window.loadURL(`${appOrigin}/`).catch((error: unknown) => console.error('The window could not be loaded:', error));
  return window;
}

/** The one guarding comes first: a window that stays open is no reason to remember anything, but does no harm either. */
function rememberPlace(electron: Modules, window: BrowserWindow, settings: DesktopSettingsFile): void {
  window.on('close', () => {
    const place = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    settings.change({ windows: withPlace(settings.get().windows, displays(electron), place) });
  });
}

/** The primary one first. */
function displays({ screen }: Pick<ElectronModules, 'screen'>): DisplayArea[] {
  const primary = screen.getPrimaryDisplay();
  return [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)];
}
