/** Electron's windows and their pages. After its end an object may not be asked anything. */
import { EventEmitter } from 'node:events';
import { createBridge } from '../../../src/preload/bridge.js';
import type { StudioBridge } from '../../../src/shared/contract/bridge.js';
import { callChannel } from '../../../src/shared/contract/channels.js';
import type { FakeElectron } from '../electron.js';

export interface FakeBounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

let nextContentsId = 1;

export class FakeContents extends EventEmitter {
  readonly #id = nextContentsId++;
  readonly mainFrame = { url: '', parent: null as unknown };
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  destroyed = false;
  /** Its process has just ended, and not everybody has heard of it. */
  #ending = false;
  reloads = 0;
  /** The page's side of `send`; anew with every page. */
  pageListeners = new EventEmitter();
  /** What left the window under the pointer. */
  readonly dragged: { file: string }[] = [];
  readonly edits: string[] = [];
  /** A click or a key in the page itself gives it; what the menu or the system sends does not. */
  userActivation = false;

  constructor(private readonly window: FakeWindow) {
    super();
  }

  get id(): number {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    return this.#id;
  }

  readonly isDestroyed = () => this.destroyed;
  readonly setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) =>
    (this.windowOpenHandler = handler);
  readonly reload = (): void => {
    if (this.#ending) throw new Error('The program crashed: a page was loaded from within the notice of its end.');
    this.reloads++;
    void this.window.loadURL(this.mainFrame.url).catch(() => {});
  };
  /** The end is heard in a later turn, and its reason is not always the same. */
  readonly forcefullyCrashRenderer = (): void => {
    setImmediate(() => this.crash('killed'));
  };
  readonly replaceMisspelling = (word: string): void => void this.edits.push(`replace ${word}`);
  readonly startDrag = (item: { file: string; icon: { isEmpty: () => boolean } }): void => {
    if (item.icon.isEmpty()) throw new Error("Must specify non-empty 'icon' option");
    this.dragged.push({ file: item.file });
  };

  send(channel: string, value: unknown): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    const clone = structuredClone(value);
    setImmediate(() => this.pageListeners.emit(channel, {}, clone));
  }

  /** What a page asks its browser for: a file chooser or the full screen, only right after the person did something in it. */
  askBrowser(): boolean {
    const allowed = this.userActivation;
    this.userActivation = false;
    return allowed;
  }

  /** The page wants to go elsewhere. It is told first that it begins; refused, nothing follows. */
  navigate(url: string): boolean {
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url });
    let prevented = false;
    for (const name of ['will-frame-navigate', 'will-navigate']) {
      this.emit(name, { url, isMainFrame: true, preventDefault: () => (prevented = true) });
      if (prevented) return false;
    }
    this.commit(url);
    return true;
  }

  commit(url: string): void {
    this.pageListeners = new EventEmitter();
    this.mainFrame.url = url;
    this.emit('did-navigate', {}, url, 200, 'OK');
  }

  crash(reason: string): void {
    // What is sent from now on reaches nobody.
    this.pageListeners = new EventEmitter();
    this.#ending = true;
    this.emit('render-process-gone', {}, { reason, exitCode: 5 });
    this.#ending = false;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeContents;
  shown = false;
  focused = false;
  maximized: boolean;
  minimized = false;
  fullScreen = false;
  progress = -1;
  #bounds: FakeBounds;
  #destroyed = false;

  constructor(
    readonly electron: FakeElectron,
    readonly options: Partial<FakeBounds> & { webPreferences: Record<string, unknown> },
  ) {
    super();
    if (!electron.app.ready) throw new Error('Cannot create BrowserWindow before app is ready');
    this.webContents = new FakeContents(this);
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.maximized = false;
    electron.windows.push(this);
    electron.app.emit('browser-window-created', {}, this);
  }

  readonly show = () => {
    this.#assertAlive();
    this.shown = true;
  };
  readonly isVisible = () => this.shown;
  readonly isDestroyed = () => this.#destroyed;
  readonly isMinimized = () => this.minimized;
  readonly minimize = () => {
    this.#assertAlive();
    this.minimized = true;
  };
  readonly restore = () => {
    this.#assertAlive();
    this.minimized = false;
  };
  readonly isMaximized = () => this.maximized;
  readonly isFullScreen = () => this.fullScreen;
  /** Shows the window too. */
  readonly maximize = () => {
    this.#assertAlive();
    this.maximized = true;
    this.shown = true;
  };
  readonly setFullScreen = (on: boolean) => {
    this.#assertAlive();
    this.fullScreen = on;
    this.emit(on ? 'enter-full-screen' : 'leave-full-screen');
  };
  readonly getNormalBounds = () => {
    this.#assertAlive();
    return { ...this.#bounds };
  };
  readonly setProgressBar = (progress: number) => {
    this.#assertAlive();
    this.progress = progress;
  };
  readonly focus = () => {
    this.#assertAlive();
    for (const other of this.electron.windows) other.#blur();
    this.focused = true;
    this.electron.app.emit('browser-window-focus', {}, this);
  };

  /** Only one has the focus. */
  #blur(): void {
    if (!this.focused) return;
    this.focused = false;
    this.electron.app.emit('browser-window-blur', {}, this);
  }

  /** The person drags or resizes it. */
  moveTo(bounds: FakeBounds): void {
    this.#bounds = bounds;
    this.emit('move');
    this.emit('resize');
  }

  /** Rejects where the page cannot be had, as Electron does, after the window was told. Painting comes after loading, or never. */
  async loadURL(address: string): Promise<void> {
    this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url: address });
    await Promise.resolve();
    if (this.#destroyed) throw new Error('ERR_ABORTED (-3)');
    if (this.electron.pages === 'failing') {
      this.webContents.emit('did-fail-load', {}, -2, 'ERR_FAILED', address, true);
      throw new Error(`ERR_FAILED (-2) loading '${address}'`);
    }
    this.webContents.commit(address);
    await this.electron.fetch(address);
    if (this.#destroyed) return;
    this.webContents.emit('dom-ready');
    this.webContents.emit('did-finish-load');
    if (this.electron.pages === 'painting') this.emit('ready-to-show');
  }

  /** Windows is about to end the session; whether the window holds that up. */
  endSession(): boolean {
    let prevented = false;
    this.emit('query-session-end', { reasons: ['shutdown'], preventDefault: () => (prevented = true) });
    return prevented;
  }

  /** Asks the window first. */
  close(): void {
    if (this.#destroyed) return;
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
  }

  /** Without asking. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.webContents.destroyed = true;
    this.electron.windows.splice(this.electron.windows.indexOf(this), 1);
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (this.electron.windows.length === 0) this.electron.app.lastWindowClosed();
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

  #assertAlive(): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
  }
}

export function fakeWindowClass(electron: FakeElectron) {
  return class extends FakeWindow {
    static readonly getAllWindows = () => [...electron.windows];
    static readonly getFocusedWindow = () => electron.windows.find(({ focused }) => focused) ?? null;
    constructor(options: { webPreferences: Record<string, unknown> }) {
      super(electron, options);
    }
  };
}
