/**
 * Spelling in text fields. macOS brings its own; elsewhere Chromium would fetch a dictionary from a server of Google as soon as it is
 * switched on, so there it is off until somebody asks for it and is told.
 */
import type { DesktopSettingsFile } from '../desktop-settings.js';
import type { SpellingChoice } from '../menus/context-menu.js';
import type { ElectronModules } from '../modules.js';

export function spellingChoice(
  { session, dialog, BrowserWindow }: Pick<ElectronModules, 'session' | 'dialog' | 'BrowserWindow'>,
  settings: DesktopSettingsFile,
  platform: NodeJS.Platform,
): SpellingChoice {
  const fetches = platform !== 'darwin';
  const get = (): boolean => settings.get().spelling ?? !fetches;
  const apply = (): void => session.defaultSession.setSpellCheckerEnabled(get());
  const choose = (on: boolean): void => {
    settings.change({ spelling: on });
    apply();
  };
  apply();
  return {
    get,
    set: (on) => {
      const parent = BrowserWindow.getFocusedWindow();
      if (!on || !fetches || parent === null) return choose(on);
      void dialog
        .showMessageBox(parent, {
          type: 'question',
          message: 'Fetch a dictionary and check spelling?',
          detail: 'The dictionary of your language comes once from a server of Google; nothing you write is sent.',
          buttons: ['Fetch it', 'Cancel'],
          defaultId: 0,
          cancelId: 1,
        })
        .then(({ response }) => {
          if (response === 0) choose(true);
        });
    },
  };
}
