/**
 * A stand-in for the few Electron modules the host touches, faithful where it matters: what crosses IPC or the context
 * bridge is structured-cloned, a rejection loses its class, a page's frame carries its address, the scheme's handler
 * answers pages and images, and the utility process is a real process.
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createBridge } from '../../src/preload/bridge.js';
import { callChannel } from '../../src/shared/channels.js';
import type { StudioBridge } from '../../src/shared/bridge.js';
import type { ElectronModules } from '../../src/main/hosts/electron/modules.js';

type Handler = (event: unknown, ...parameters: unknown[]) => unknown;

export class FakeElectron {
  readonly app = new FakeApp();
  readonly windows: FakeWindow[] = [];
  readonly handlers = new Map<string, Handler>();
  readonly schemes: unknown[] = [];
  readonly session = { defaultSession: new FakeSession() };
  menu: FakeMenu | null = null;
  menusBuilt = 0;
  /** What the person answers to the next save dialog; null = cancels it. */
  savePath: string | null = null;
  savesSuggested: string[] = [];
  /** What the person answers to the next dialog for a folder; null = cancels it. */
  folderPath: string | null = null;
  scheme: ((request: Request) => Promise<Response>) | null = null;

  readonly modules = {
    app: this.app,
    session: this.session,
    ipcMain: { handle: (channel: string, handler: Handler) => void this.handlers.set(channel, handler) },
    Menu: {
      buildFromTemplate: (template: FakeMenuTemplate) => {
        this.menusBuilt++;
        return new FakeMenu(template);
      },
      setApplicationMenu: (menu: FakeMenu | null) => (this.menu = menu),
      getApplicationMenu: () => this.menu,
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => {
        if (this.app.ready) throw new Error('Schemes must be registered before the app is ready.');
        this.schemes.push(...schemes);
      },
      handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => (this.scheme = handler),
    },
    dialog: {
      showSaveDialog: async ({ defaultPath }: { defaultPath: string }) => {
        this.savesSuggested.push(defaultPath);
        return { canceled: this.savePath === null, filePath: this.savePath ?? '' };
      },
      showOpenDialog: async () => ({
        canceled: this.folderPath === null,
        filePaths: this.folderPath === null ? [] : [this.folderPath],
      }),
    },
    utilityProcess: { fork: (script: string) => this.#fork(script) },
    BrowserWindow: fakeWindowClass(this),
  } as unknown as ElectronModules;

  /** As a person does: only what can be clicked is. */
  clickMenu(label: string): void {
    const item = this.menu!.every().find((one) => one.label === label);
    if (item === undefined) throw new Error(`The menu has no ${label}.`);
    if (item.enabled) item.click?.();
  }

  fetch(address: string): Promise<Response> {
    return this.scheme!(new Request(address));
  }

  #fork(script: string) {
    if (!this.app.ready) throw new Error('utilityProcess can only be used when the app is ready.');
    const child = fork(script, [], { serialization: 'advanced', execArgv: [] });
    return Object.assign(new EventEmitter(), {
      postMessage: (message: unknown) => void (child.connected && child.send(message as object, () => {})),
      kill: () => child.kill(),
      on: (event: string, listener: (value: unknown) => void) => child.on(event, listener),
      once: (event: string, listener: (value: unknown) => void) => child.once(event, listener),
    });
  }
}

interface FakeMenuItem {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  accelerator?: string;
  enabled?: boolean;
  click?: () => void;
  submenu?: FakeMenuTemplate;
}
type FakeMenuTemplate = readonly FakeMenuItem[];

/** What Electron refuses is refused: items that are nothing, accelerators it cannot read, ids used twice. */
export class FakeMenu {
  readonly items: (Omit<FakeMenuItem, 'submenu'> & { enabled: boolean; submenu?: FakeMenu })[];

  constructor(template: FakeMenuTemplate) {
    this.items = template.map(({ submenu, ...item }) => {
      if (item.label === undefined && item.role === undefined && item.type === undefined) {
        throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
      }
      if (item.accelerator !== undefined && !acceleratorPattern.test(item.accelerator)) {
        throw new TypeError(`Invalid accelerator: ${item.accelerator}`);
      }
      return {
        ...item,
        enabled: item.enabled ?? true,
        ...(submenu === undefined ? {} : { submenu: new FakeMenu(submenu) }),
      };
    });
    const ids = this.every().flatMap(({ id }) => id ?? []);
    if (new Set(ids).size !== ids.length) throw new Error('Two items have one id.');
  }

  every(): FakeMenu['items'] {
    return this.items.flatMap((item) => [item, ...(item.submenu?.every() ?? [])]);
  }

  readonly getMenuItemById = (id: string) => this.every().find((item) => item.id === id) ?? null;
}

const acceleratorPattern =
  /^(?:(?:CmdOrCtrl|Alt|Shift)\+)*(?:[!-~]|Plus|Space|Tab|Backspace|Delete|Insert|Return|Esc|Up|Down|Left|Right|Home|End|PageUp|PageDown|F\d{1,2})$/;

class FakeApp extends EventEmitter {
  ready = false;
  quitted = false;
  isFirstInstance = true;
  readonly paths = new Map<string, string>();
  readonly setPath = (name: string, path: string) => void this.paths.set(name, path);
  readonly requestSingleInstanceLock = () => this.isFirstInstance;
  readonly quit = () => {
    this.quitted = true;
    this.emit('will-quit');
  };
  readonly whenReady = async () => {
    await Promise.resolve();
    this.ready = true;
  };
}

type PermissionCheck = (contents: unknown, permission: string, origin: string) => boolean;
type PermissionRequest = (
  contents: unknown,
  permission: string,
  decide: (allowed: boolean) => void,
  details: { requestingUrl: string },
) => void;

class FakeSession {
  check: PermissionCheck | null = null;
  request: PermissionRequest | null = null;
  device: (() => boolean) | null = null;
  readonly setPermissionCheckHandler = (handler: PermissionCheck) => (this.check = handler);
  readonly setPermissionRequestHandler = (handler: PermissionRequest) => (this.request = handler);
  readonly setDevicePermissionHandler = (handler: () => boolean) => (this.device = handler);
}

let nextContentsId = 1;

export class FakeContents extends EventEmitter {
  readonly id = nextContentsId++;
  readonly mainFrame = { url: '', parent: null as unknown };
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  destroyed = false;
  /** The page's side of `send`; anew with every page. */
  pageListeners = new EventEmitter();
  readonly isDestroyed = () => this.destroyed;
  readonly setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) =>
    (this.windowOpenHandler = handler);

  send(channel: string, value: unknown): void {
    if (this.destroyed) throw new Error('Object has been destroyed');
    const clone = structuredClone(value);
    setImmediate(() => this.pageListeners.emit(channel, {}, clone));
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  shown = false;
  constructor(
    readonly electron: FakeElectron,
    readonly options: { webPreferences: Record<string, unknown> },
  ) {
    super();
    electron.windows.push(this);
  }

  readonly show = () => (this.shown = true);
  readonly focus = () => void this.electron.app.emit('browser-window-focus', {}, this);
  readonly isMinimized = () => false;

  async loadURL(address: string): Promise<void> {
    this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    this.webContents.pageListeners = new EventEmitter();
    this.webContents.mainFrame.url = address;
    await this.electron.fetch(address);
    this.emit('ready-to-show');
  }

  destroy(): void {
    this.webContents.destroyed = true;
    this.electron.windows.splice(this.electron.windows.indexOf(this), 1);
    this.webContents.emit('destroyed');
    if (this.electron.windows.length === 0) this.electron.app.emit('window-all-closed');
  }

  /** `frame` stands for who calls: the page itself unless told. */
  async invoke(
    method: unknown,
    parameters: unknown,
    frame: { url: string; parent: unknown } | null = this.webContents.mainFrame,
    channel: string = callChannel,
  ): Promise<unknown> {
    try {
      const event = { sender: this.webContents, senderFrame: frame };
      const handler = this.electron.handlers.get(channel)!;
      return structuredClone(await handler(event, structuredClone(method), structuredClone(parameters)));
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`);
    }
  }

  /** What the page finds at window.ddtStudio. */
  bridge(): StudioBridge {
    const page = this.webContents.pageListeners;
    const exposed = createBridge({
      invoke: (channel: string, method: unknown, parameters: unknown) =>
        this.invoke(method, parameters, undefined, channel),
      on: (channel: string, listener: (...values: unknown[]) => void) => page.on(channel, listener),
      removeListener: (channel: string, listener: (...values: unknown[]) => void) => page.off(channel, listener),
    } as unknown as Parameters<typeof createBridge>[0]);
    return Object.freeze(exposed);
  }
}

function fakeWindowClass(electron: FakeElectron) {
  return class extends FakeWindow {
    static readonly getAllWindows = () => electron.windows;
    constructor(options: { webPreferences: Record<string, unknown> }) {
      super(electron, options);
    }
  };
}
