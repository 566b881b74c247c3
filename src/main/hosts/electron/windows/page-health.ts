/** A page that crashed is loaded again, unless it keeps crashing; one that hangs is the person's to decide about. */
import type { BrowserWindow } from 'electron';
import type { Incident } from '../incidents.js';
import type { ElectronModules } from '../modules.js';

export interface PageHealthOptions {
  onIncident: (incident: Incident) => void;
  /** Milliseconds, monotonic. */
  now?: () => number;
}

/** So many times within `spanMs` by itself; a page that runs out of memory would otherwise do so for ever. */
const reloads = { most: 3, spanMs: 60_000 };

export function keepPageAlive(
  { dialog }: Pick<ElectronModules, 'dialog'>,
  window: BrowserWindow,
  { onIncident, now = () => performance.now() }: PageHealthOptions,
): void {
  const contents = window.webContents;
  let reloaded: number[] = [];
  let waiting: AbortController | null = null;

  const reload = (): void => {
    if (!window.isDestroyed()) contents.reload();
  };

  const ask = async (message: string, detail: string, buttons: [string, string], signal?: AbortSignal) => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail,
      buttons,
      defaultId: 0,
      cancelId: 1,
      ...(signal === undefined ? {} : { signal }),
    });
    return response === 0 && signal?.aborted !== true;
  };

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    const at = now();
    reloaded = reloaded.filter((time) => at - time < reloads.spanMs);
    const again = reloaded.length < reloads.most;
    onIncident({ process: 'window', reason, exitCode, told: !again });
    if (again) {
      reloaded.push(at);
      // Chromium is still going round those who hear of the end; a reload among them has ended the whole program (electron#51900).
      return void setImmediate(reload);
    }
    const why = reason === 'oom' ? 'It ran out of memory.' : 'It stopped several times within a minute.';
    void ask(
      'This window keeps failing.',
      `${why} Everything you committed is saved. With fewer or smaller frames in view it may work again.`,
      ['Load it again', 'Close the window'],
    ).then((yes) => {
      reloaded = [];
      if (yes) reload();
      else if (!window.isDestroyed()) window.destroy();
    });
  });

  window.on('unresponsive', () => {
    if (waiting !== null) return;
    waiting = new AbortController();
    const { signal } = waiting;
    onIncident({ process: 'window', reason: 'unresponsive', exitCode: 0, told: true });
    void ask(
      'This window does not answer.',
      'Everything you committed is saved.',
      ['Load it again', 'Wait'],
      signal,
    ).then((yes) => {
      waiting = null;
      if (!yes || window.isDestroyed()) return;
      // Its own loop is stuck: only an end makes room for a new one, and the crash that follows loads it.
      contents.forcefullyCrashRenderer();
    });
  });
  window.on('responsive', () => waiting?.abort());
}
