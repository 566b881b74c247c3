/** One question before work is lost, whether one window closes or the whole program ends. */
import type { BrowserWindow } from 'electron';
import type { ElectronModules } from '../modules.js';

export interface UnfinishedWork {
  /** Running or waiting. */
  jobs: number;
  /** Candidates nobody has taken or left. */
  candidates: number;
}

export interface Closing {
  /** To be called for every window. */
  guard: (window: BrowserWindow) => void;
  /** Asks, if anything would be lost, and lets the program end unasked after a yes. */
  mayQuit: () => Promise<boolean>;
}

export function askBeforeClosing(
  { app, dialog, BrowserWindow }: Pick<ElectronModules, 'app' | 'dialog' | 'BrowserWindow'>,
  unfinishedIn: (window: BrowserWindow) => UnfinishedWork,
): Closing {
  let quitting = false;
  let asking = false;

  const mayLose = async (parent: BrowserWindow | null, work: UnfinishedWork, what: string): Promise<boolean> => {
    if (asking) return false;
    asking = true;
    const options = {
      type: 'question' as const,
      message: `${what} and lose ${unfinishedWords(work)}?`,
      detail: 'Everything on the board is saved.',
      buttons: [what, 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    try {
      const { response } = await (parent === null
        ? dialog.showMessageBox(options)
        : dialog.showMessageBox(parent, options));
      return response === 0;
    } finally {
      asking = false;
    }
  };

  const allWork = (): UnfinishedWork =>
    BrowserWindow.getAllWindows().map(unfinishedIn).reduce(added, { jobs: 0, candidates: 0 });

  const mayQuit = async (work = allWork()): Promise<boolean> => {
    const parent = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? null;
    if (!isNothing(work) && !(await mayLose(parent, work, 'Quit'))) return false;
    quitting = true;
    return true;
  };

  const askToQuit = async (work: UnfinishedWork): Promise<void> => {
    if (await mayQuit(work)) app.quit();
  };

  app.on('before-quit', (event) => {
    if (quitting) return;
    const work = allWork();
    if (isNothing(work)) {
      quitting = true;
      return;
    }
    event.preventDefault();
    void askToQuit(work);
  });

  return {
    mayQuit: () => mayQuit(),
    guard: (window) => {
      window.on('close', (event) => {
        const work = unfinishedIn(window);
        if (quitting || isNothing(work)) return;
        event.preventDefault();
        void mayLose(window, work, 'Close').then((yes) => {
          if (yes && !window.isDestroyed()) window.destroy();
        });
      });
      // Windows alone, which ends its session without `before-quit`.
      window.on('query-session-end', (event) => {
        const work = allWork();
        if (quitting || isNothing(work)) return;
        event.preventDefault();
        void askToQuit(work);
      });
    },
  };
}

export function unfinishedWords({ jobs, candidates }: UnfinishedWork): string {
  const parts = [
    ...(jobs === 0 ? [] : [jobs === 1 ? 'a job that has not ended' : `${jobs} jobs that have not ended`]),
    ...(candidates === 0
      ? []
      : [candidates === 1 ? 'a candidate you have not taken' : `${candidates} candidates you have not taken`]),
  ];
  return parts.join(' and ');
}

function added(one: UnfinishedWork, other: UnfinishedWork): UnfinishedWork {
  return { jobs: one.jobs + other.jobs, candidates: one.candidates + other.candidates };
}

function isNothing({ jobs, candidates }: UnfinishedWork): boolean {
  return jobs === 0 && candidates === 0;
}
