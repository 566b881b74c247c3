/** Files opened or saved lately: in the program's own menu everywhere, and where the system keeps such a list, in that too. */
import { basename } from 'node:path';
import type { DesktopSettingsFile } from '../desktop-settings.js';
import type { ElectronModules } from '../modules.js';

const most = 10;

export interface RecentFiles {
  list: () => { path: string; name: string }[];
  add: (path: string) => void;
  forget: (path: string) => void;
  clear: () => void;
}

export function recentFiles(
  { app }: Pick<ElectronModules, 'app'>,
  settings: DesktopSettingsFile,
  onChange: () => void,
): RecentFiles {
  const keep = (paths: string[]): void => {
    settings.change({ recentFiles: paths.slice(0, most) });
    onChange();
  };
  const paths = () => settings.get().recentFiles;
  return {
    list: () => paths().map((path) => ({ path, name: basename(path) })),
    add: (path) => {
      app.addRecentDocument(path);
      keep([path, ...paths().filter((other) => other !== path)]);
    },
    forget: (path) => keep(paths().filter((other) => other !== path)),
    clear: () => {
      app.clearRecentDocuments();
      keep([]);
    },
  };
}
