/**
 * A stand-in for the few Electron modules the host touches, as strict as Electron is: what crosses IPC or the context bridge is
 * structured-cloned, a rejection loses its class, a page's frame carries its address, a blocked navigation begins and does not
 * end, the utility process is a real process that knows only `process.parentPort`, and much of it may fail or never come.
 */
import type { ElectronModules } from '../../src/main/hosts/electron/modules.js';
import { FakeApp } from './electron/app.js';
import {
  FakeClipboard,
  FakeDialogs,
  fakeNativeImage,
  FakeNativeTheme,
  FakePowerSaveBlocker,
  FakeScreen,
  FakeShell,
} from './electron/desktop.js';
import { FakeMenu, type FakeMenuTemplate } from './electron/menu.js';
import { FakeSafeStorage } from './electron/safe-storage.js';
import { FakeSessions } from './electron/session.js';
import { FakeUtilityProcess, type FakeForkOptions } from './electron/utility-process.js';
import { fakeWindowClass, type FakeWindow } from './electron/window.js';

export type { FakeWindow };

type Handler = (event: unknown, ...parameters: unknown[]) => unknown;

export class FakeElectron {
  readonly windows: FakeWindow[] = [];
  readonly app = new FakeApp(this.windows);
  readonly handlers = new Map<string, Handler>();
  readonly schemes: unknown[] = [];
  readonly session = new FakeSessions(this.app);
  readonly dialogs = new FakeDialogs(this.app);
  readonly screen = new FakeScreen(this.app);
  readonly nativeTheme = new FakeNativeTheme();
  readonly powerSaveBlocker = new FakePowerSaveBlocker(this.app);
  readonly safeStorage = new FakeSafeStorage();
  readonly shell = new FakeShell();
  readonly clipboard = new FakeClipboard();
  readonly utilityProcesses: FakeUtilityProcess[] = [];
  /** What becomes of a page that is loaded, and of a process that is forked, from now on. */
  pages: 'painting' | 'never painting' | 'failing' = 'painting';
  forks: 'spawn' | 'nothing' = 'spawn';
  menu: FakeMenu | null = null;
  /** The menu that popped up last. */
  contextMenu: FakeMenu | null = null;
  menusBuilt = 0;
  /** Whether anybody asked that crash reports leave the machine. */
  crashUploads = false;
  scheme: ((request: Request) => Promise<Response>) | null = null;

  readonly modules = {
    app: this.app,
    session: this.session,
    screen: this.screen,
    nativeTheme: this.nativeTheme,
    nativeImage: fakeNativeImage,
    powerSaveBlocker: this.powerSaveBlocker,
    safeStorage: this.safeStorage,
    shell: this.shell,
    clipboard: this.clipboard,
    crashReporter: {
      start: ({ uploadToServer }: { uploadToServer: boolean }) => void (this.crashUploads ||= uploadToServer),
    },
    ipcMain: {
      handle: (channel: string, handler: Handler) => {
        if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
        this.handlers.set(channel, handler);
      },
    },
    Menu: {
      buildFromTemplate: (template: FakeMenuTemplate) => {
        this.menusBuilt++;
        return new FakeMenu(template, (menu) => (this.contextMenu = menu));
      },
      setApplicationMenu: (menu: FakeMenu | null) => (this.menu = menu),
      getApplicationMenu: () => this.menu,
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => {
        if (this.app.ready) throw new Error('Schemes must be registered before the app is ready.');
        this.schemes.push(...schemes);
      },
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
        this.app.assertReady('protocol');
        if (this.scheme !== null) throw new Error(`The scheme ${scheme} has been registered`);
        this.scheme = handler;
      },
    },
    dialog: this.dialogs.modules,
    utilityProcess: {
      fork: (script: string, parameters: string[] = [], options?: FakeForkOptions) =>
        this.#fork(script, parameters, options),
    },
    BrowserWindow: fakeWindowClass(this),
  } as unknown as ElectronModules;

  /** As a person does: only what can be clicked is. What it sends to a page gives that no activation. */
  clickMenu(label: string): void {
    this.menu!.click(label);
  }

  fetch(address: string): Promise<Response> {
    return this.scheme!(new Request(address));
  }

  /** After a test: processes nobody ended. */
  end(): void {
    this.app.quit();
    this.app.exit(0);
    for (const child of this.utilityProcesses) child.end();
  }

  #fork(script: string, parameters: string[], options?: FakeForkOptions): FakeUtilityProcess {
    this.app.assertReady('utilityProcess');
    const child = new FakeUtilityProcess(script, parameters, this.forks, options);
    this.utilityProcesses.push(child);
    return child;
  }
}
