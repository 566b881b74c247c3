/** Looking for a newer version: only when somebody asks, only where this build was told where to look. */
import type { BrowserWindow } from 'electron';
import type { ElectronModules } from '../modules.js';

/** What is used of electron-updater. */
export interface Updater {
  /** The version that is newer, null when there is none. */
  check: () => Promise<string | null>;
  download: (onProgress: (fraction: number) => void) => Promise<void>;
  /** Ends the program. */
  install: () => void;
}

export async function checkForUpdates(
  { dialog, BrowserWindow }: Pick<ElectronModules, 'dialog' | 'BrowserWindow'>,
  loadUpdater: () => Promise<Updater>,
  mayQuit: () => Promise<boolean>,
): Promise<void> {
  const parent = BrowserWindow.getFocusedWindow();
  const tell = async (message: string, detail: string, buttons: string[]): Promise<boolean> => {
    const options = { type: 'info' as const, message, detail, buttons, defaultId: 0, cancelId: buttons.length - 1 };
    // It may have been closed since, while something was fetched.
    const isThere = parent !== null && !parent.isDestroyed();
    const { response } = await (isThere ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options));
    return response === 0 && buttons.length > 1;
  };
  try {
    const updater = await loadUpdater();
    const version = await updater.check();
    if (version === null) return void (await tell('DDT Studio is up to date.', '', ['OK']));
    const wanted = await tell(`DDT Studio ${version} can be fetched.`, 'Nothing is installed before you say so.', [
      'Fetch it',
      'Later',
    ]);
    if (!wanted) return;
    await downloading(parent, (onProgress) => updater.download(onProgress));
    const ready = `DDT Studio ${version} is ready.`;
    if (!(await tell(ready, 'Everything on the board is saved.', ['Install and start again', 'Later']))) return;
    // Before the installer runs, which would otherwise wait for a program that asks.
    if (await mayQuit()) updater.install();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    await tell('There is no telling whether a newer version exists.', `${reason}\nTry again later.`, ['OK']);
  }
}

async function downloading(
  window: BrowserWindow | null,
  download: (onProgress: (fraction: number) => void) => Promise<void>,
): Promise<void> {
  const show = (fraction: number): void => {
    if (window !== null && !window.isDestroyed()) window.setProgressBar(fraction);
  };
  try {
    await download(show);
  } finally {
    show(-1);
  }
}
