/** The studio as a desktop program. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { WindowState } from '../../../shared/contract/desktop.js';
import { StudioError } from '../../../shared/errors.js';
import { platformProblem, type ApplicationPaths } from '../../application.js';
import { engineEnvironment } from '../../gpu/gpu-runtime.js';
import { makeFolder } from '../../storage/database/folders.js';
import { writingError } from '../../storage/database/storage-errors.js';
import type { ProgramLogs } from '../../diagnostics/log.js';
import { createStudio, type Studio, type StudioOptions } from '../../studio/studio.js';
import { PictureWorkers } from '../../pictures/picture-workers.js';
import type { EngineLauncher } from '../../supervisor/engine-process.js';
import { showAbout } from './menus/about.js';
import { askBeforeClosing } from './windows/closing.js';
import { offerContextMenu } from './menus/context-menu.js';
import { DesktopSettingsFile } from './desktop-settings.js';
import { lockDownloads } from './files/downloads.js';
import { listenForFiles, type StartAgain } from './files/files-to-open.js';
import { incidentWords, watchProcesses, type Incident, type IncidentLog } from './incidents.js';
import { projectChecker } from '../../supervisor/project-checker.js';
import { serveIpc } from './ipc.js';
import { checkerServiceName, engineServiceName, utilityLauncher } from './launcher.js';
import { installMenu } from './menus/menu.js';
import type { ElectronModules } from './modules.js';
import { NewsForWindows } from './windows/news.js';
import { keychainOf } from './keychain.js';
import { keepPageAlive } from './windows/page-health.js';
import { registerScheme, serveScheme } from './protocol.js';
import { recentFiles } from './files/recent-files.js';
import { lockPermissions } from './windows/security.js';
import { spellingChoice } from './windows/spelling.js';
import { checkForUpdates, type Updater } from './updates/updates.js';
import { desktopOf } from './windows/window-desktop.js';
import { openWindow } from './windows/window.js';
import { WorkIndicator } from './windows/work-indicator.js';

export interface ElectronHostOptions extends Pick<StudioOptions, 'engine' | 'storage'> {
  paths: ApplicationPaths;
  /** What the person wrote, for the instance that runs already; the files among it are opened. */
  start?: StartAgain & { files: string[] };
  platform?: NodeJS.Platform;
  architecture?: string;
  /** Absent = a utility process. */
  launchEngine?: EngineLauncher;
  onIncident?: IncidentLog;
  logs?: ProgramLogs;
  /** Null: this build has no place to look for a newer one. */
  loadUpdater?: (() => Promise<Updater>) | null;
}

/** The same as in the installer, or Windows takes its windows for those of another program. */
export const applicationId = 'org.ddt-studio.app';

/**
 * Null when another instance runs already: that one was asked to come to the front, and this one ends. Throws `engine-failed` on a
 * machine the engine does not exist for, `place-unwritable` or `disk-full` for a data directory that cannot be used.
 */
export async function startElectronHost(
  electron: ElectronModules,
  options: ElectronHostOptions,
): Promise<Studio | null> {
  const { app } = electron;
  const { paths, platform = process.platform, architecture = process.arch, loadUpdater = null } = options;
  const { files: initialFiles = [], ...again } = options.start ?? { parameters: [], workingDirectory: '' };
  const problem = platformProblem(platform, architecture);
  if (problem !== null) throw problem;
  // Chromium's own files, and with them the lock of the single instance, belong to the data directory.
  const ownFolder = makeOwnFolder(paths.dataDirectory);
  app.setPath('userData', ownFolder);
  // What a process leaves behind when it crashes stays on this machine.
  electron.crashReporter.start({ uploadToServer: false });
  if (platform === 'win32') app.setAppUserModelId(applicationId);
  if (!app.requestSingleInstanceLock(again)) {
    app.quit();
    return null;
  }
  const files = listenForFiles(electron, initialFiles);
  registerScheme(electron.protocol);
  await app.whenReady();

  const studio = createStudio({
    version: paths.version,
    program: paths.root,
    host: 'electron',
    ...(options.logs === undefined ? {} : { log: options.logs.studio }),
    dataDirectory: paths.dataDirectory,
    packDirectories: paths.packDirectories,
    launchEngine:
      options.launchEngine ??
      utilityLauncher(electron.utilityProcess, paths.engineScript, {
        onOutput: options.logs?.engineOutput,
        environment: () => engineEnvironment(paths.dataDirectory),
      }),
    checkProject: projectChecker(
      utilityLauncher(electron.utilityProcess, paths.projectCheckScript, { serviceName: checkerServiceName }),
    ),
    pictures: new PictureWorkers(paths.pictureScripts),
    seal: keychainOf(electron, platform),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.storage === undefined ? {} : { storage: options.storage }),
  });
  lockPermissions(electron.session.defaultSession);
  lockDownloads(electron.session.defaultSession);
  serveScheme(electron.protocol, {
    rendererDirectory: paths.rendererDirectory,
    readImage: (imageId) => studio.readImage(imageId),
    readThumbnail: (imageId, size) => studio.readThumbnail(imageId, size),
  });

  const settings = new DesktopSettingsFile(ownFolder);
  const news = new NewsForWindows();
  const work = new WorkIndicator(electron.powerSaveBlocker);
  const spelling = spellingChoice(electron, settings, platform);
  const recent = recentFiles(electron, settings, () => menu.refresh());
  const states = new Map<BrowserWindow, WindowState>();

  const report = (incident: Incident, window?: BrowserWindow): void => {
    (options.onIncident ?? noteOnStderr)(incident);
    if (incident.told) return;
    const told = window === undefined ? electron.BrowserWindow.getAllWindows() : [window];
    for (const one of told) news.offer(one, { notices: [incidentWords(incident)] });
  };
  watchProcesses(electron, engineServiceName, report);

  const menu = installMenu(electron, {
    platform,
    development: !app.isPackaged,
    recentFiles: recent.list,
    openWindow: () => void open(),
    openRecent: (path) => {
      const window = frontWindow();
      if (existsSync(path)) return news.offer(window, { paths: [path] });
      recent.forget(path);
      news.offer(window, { notices: [`“${basename(path)}” is not there any more.`] });
    },
    clearRecent: recent.clear,
    showAbout: () => {
      const facts = { status: studio.status(), versions: process.versions, platform, architecture };
      void showAbout(electron, facts, paths);
    },
    checkForUpdates:
      loadUpdater === null ? null : () => void checkForUpdates(electron, loadUpdater, () => closing.mayQuit()),
  });
  const connections = serveIpc(electron.ipcMain, studio, {
    describeMenu: menu.describe,
    onEvent: (window, event) => {
      if (event.channel === 'job') work.hear(window, event.event);
    },
    onPageEnd: (window) => {
      work.forget(window);
      states.delete(window);
    },
  });
  const closing = askBeforeClosing(electron, (window) => ({
    jobs: work.jobsOf(window),
    candidates: states.get(window)?.candidates ?? 0,
  }));
  const remember = (window: BrowserWindow, state: WindowState): void => {
    states.set(window, state);
    // One theme for the whole program: that of the window it was chosen in last.
    if (electron.nativeTheme.themeSource !== state.theme) electron.nativeTheme.themeSource = state.theme;
  };

  const open = (): BrowserWindow =>
    openWindow(electron, {
      preloadScript: paths.preloadScript,
      settings,
      development: !app.isPackaged,
      join: (window) => {
        closing.guard(window);
        keepPageAlive(electron, window, { onIncident: (incident) => report(incident, window) });
        offerContextMenu(electron, window, spelling);
        connections.add(window, desktopOf(electron, window, { news, recent, onState: remember }));
      },
    });
  const frontWindow = (): BrowserWindow =>
    electron.BrowserWindow.getFocusedWindow() ?? electron.BrowserWindow.getAllWindows()[0] ?? open();

  app.on('second-instance', () => {
    const window = frontWindow();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (electron.BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => studio.close());
  const first = open();
  // The launcher of the AppImage leaves the sandbox out by itself where the system has no user namespaces.
  if (app.isPackaged && app.commandLine.hasSwitch('no-sandbox')) news.offer(first, { notices: [withoutSandbox] });
  files.deliver((opened) => news.offer(frontWindow(), { paths: opened }));
  return studio;
}

const withoutSandbox =
  'Chromium runs without its sandbox here, because this system gives this file none. The deb package has it.';

function makeOwnFolder(dataDirectory: string): string {
  const folder = join(dataDirectory, 'electron');
  try {
    makeFolder(folder);
    return folder;
  } catch (error) {
    const thrown = writingError(dataDirectory, error, 'DDT Studio cannot keep your projects there');
    if (thrown instanceof StudioError) throw thrown;
    throw error;
  }
}

function noteOnStderr(incident: Incident): void {
  console.error('A process of the program failed:', incident);
}
