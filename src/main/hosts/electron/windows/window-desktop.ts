/** Electron's side of `WindowDesktop`: the dialogs of one window and what else the system does for it. */
import type { BrowserWindow, OpenDialogOptions } from 'electron';
import type { WindowState } from '../../../../shared/contract/desktop.js';
import type { WindowDesktop } from '../../../studio/window-desktop.js';
import type { ElectronModules } from '../modules.js';
import type { NewsForWindows } from './news.js';
import type { RecentFiles } from '../files/recent-files.js';

export interface DesktopOptions {
  news: NewsForWindows;
  recent: RecentFiles;
  onState: (window: BrowserWindow, state: WindowState) => void;
}

/** Longest side of the picture under the pointer. */
const dragIconSide = 96;

const projectFiles = { name: 'DDT Studio project', extensions: ['ddt'] };
const pictures = { name: 'Pictures', extensions: ['png', 'jpg', 'jpeg'] };

export function desktopOf(
  { dialog, nativeImage }: Pick<ElectronModules, 'dialog' | 'nativeImage'>,
  window: BrowserWindow,
  { news, recent, onState }: DesktopOptions,
): WindowDesktop {
  let filledByPage = false;
  /** None when it was cancelled. */
  const open = async (options: OpenDialogOptions): Promise<string[]> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
    return canceled ? [] : filePaths;
  };
  return {
    chooseFile: async ({ title, suggestedName }) => {
      const extension = /\.(\w+)$/.exec(suggestedName)?.[1] ?? '';
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title,
        defaultPath: suggestedName,
        filters: extension === 'ddt' ? [projectFiles] : [{ name: extension.toUpperCase(), extensions: [extension] }],
      });
      return canceled || filePath === '' ? null : filePath;
    },
    chooseFolder: async (title) => (await open({ title, properties: ['openDirectory', 'createDirectory'] }))[0] ?? null,
    chooseZip: async (title) =>
      (await open({ title, properties: ['openFile'], filters: [{ name: 'Zip', extensions: ['zip'] }] }))[0] ?? null,
    chooseFilesToOpen: () =>
      open({ title: 'Open', properties: ['openFile', 'multiSelections'], filters: [projectFiles, pictures] }),
    takeNews: () => news.take(window),
    offer: (paths) => news.offer(window, { paths: [...paths] }),
    remember: (path) => recent.add(path),
    startDrag: (path, icon) => {
      const image = nativeImage.createFromBuffer(Buffer.from(icon));
      window.webContents.startDrag({ file: path, icon: image.resize({ width: dragIconSide }) });
    },
    setFullScreen: (on) => {
      // A window the person had made full before stays so.
      if (on) filledByPage = !window.isFullScreen();
      if (filledByPage) window.setFullScreen(on);
    },
    tell: (state) => onState(window, state),
  };
}
