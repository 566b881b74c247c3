/** Electron's side of `WindowDesktop`: the dialogs of one window and what else the system does for it. */
import type { BrowserWindow } from 'electron';
import type { WindowState } from '../../../shared/desktop.js';
import type { WindowDesktop } from '../../studio/window-desktop.js';
import type { ElectronModules } from './modules.js';
import type { NewsForWindows } from './news.js';
import type { RecentFiles } from './recent-files.js';

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
    chooseFolder: async (title) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title,
        properties: ['openDirectory', 'createDirectory'],
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    chooseZip: async (title) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title,
        properties: ['openFile'],
        filters: [{ name: 'Zip', extensions: ['zip'] }],
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    chooseFilesToOpen: async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open',
        properties: ['openFile', 'multiSelections'],
        filters: [projectFiles, pictures],
      });
      return canceled ? [] : filePaths;
    },
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
