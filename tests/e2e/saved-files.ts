/** Files that leave the studio, whichever way its host sends them. */
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SavedFile {
  /** As the studio calls it. */
  fileName: string;
  bytes: Buffer;
}

/** The one file that leaves because of `act`. */
export type Saving = (act: () => Promise<unknown>) => Promise<SavedFile>;

/** The browser downloads it. */
export function savingInBrowser(page: Page): Saving {
  return async (act) => {
    const [download] = await Promise.all([page.waitForEvent('download'), act()]);
    return { fileName: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
}

/** What the dialog was asked for, where the answer lies until the test reads it. */
type Asked = typeof globalThis & { ddtSuggested?: Promise<string> };

/** The program asks in a dialog of the system, which nobody can press in a test: it is answered with a file of the folder. */
export function savingInElectron(application: ElectronApplication, folder: string): Saving {
  let count = 0;
  return async (act) => {
    const path = join(folder, `saved-${++count}`);
    await application.evaluate(({ dialog }, filePath) => {
      (globalThis as Asked).ddtSuggested = new Promise((resolve) => {
        const answer = async (_window: unknown, { defaultPath = '' }: { defaultPath?: string }) => {
          resolve(defaultPath);
          return { canceled: false, filePath };
        };
        dialog.showSaveDialog = answer as typeof dialog.showSaveDialog;
      });
    }, path);
    await act();
    const fileName = await application.evaluate(() => (globalThis as Asked).ddtSuggested!);
    // Written beside its goal and renamed: what is there is whole.
    await expect.poll(() => existsSync(path)).toBe(true);
    return { fileName, bytes: readFileSync(path) };
  };
}
