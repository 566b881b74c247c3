import type { BrowserWindow } from 'electron';

/**
 * Shows a window once its page has painted, so that no white flash comes before the dark board. On Wayland a hidden window may never
 * paint (electron#48859): then a while after its page was loaded. A page that cannot be had is shown too, for what it says.
 */
export function showWhenPainted(window: BrowserWindow, { maximized = false, graceMs = 2_000 } = {}): void {
  let timer: NodeJS.Timeout | undefined;
  let done = false;
  const show = (): void => {
    clearTimeout(timer);
    if (done || window.isDestroyed()) return;
    done = true;
    // Not before: Electron shows a window that is maximised.
    if (maximized) window.maximize();
    window.show();
  };
  window.once('ready-to-show', show);
  window.webContents.once('did-finish-load', () => (timer = setTimeout(show, graceMs)));
  window.webContents.once('did-fail-load', show);
  window.once('closed', () => clearTimeout(timer));
}
