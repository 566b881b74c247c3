/** Electron's `app`: paths are absolute and there, quitting can be refused at each of its steps, `exit` asks nobody. */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { FakeWindow } from './window.js';

class PreventableEvent {
  defaultPrevented = false;
  readonly preventDefault = (): void => {
    this.defaultPrevented = true;
  };
}

export class FakeApp extends EventEmitter {
  ready = false;
  /** The program has ended: `quit` ran to its end, or `exit`. */
  quitted = false;
  exitCode: number | null = null;
  isFirstInstance = true;
  isPackaged = false;
  /** Given on the command line, without their dashes. */
  readonly switches = new Set<string>();
  readonly commandLine = { hasSwitch: (name: string): boolean => this.switches.has(name) };
  readonly recentDocuments: string[] = [];
  readonly paths = new Map<string, string>();
  lockData: unknown = null;
  userModelId: string | null = null;
  #quitting = false;

  constructor(private readonly windows: readonly FakeWindow[]) {
    super();
  }

  readonly setPath = (name: string, path: string): void => {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`);
    this.paths.set(name, path);
  };
  readonly getPath = (name: string): string => this.paths.get(name) ?? '/';
  readonly isReady = (): boolean => this.ready;
  readonly setAppUserModelId = (id: string): void => void (this.userModelId = id);
  readonly addRecentDocument = (path: string): void => void this.recentDocuments.push(path);
  readonly clearRecentDocuments = (): void => void this.recentDocuments.splice(0);
  readonly requestSingleInstanceLock = (data?: unknown): boolean => {
    // It crosses to another process.
    this.lockData = structuredClone(data);
    return this.isFirstInstance;
  };
  readonly releaseSingleInstanceLock = (): void => void (this.lockData = null);

  readonly whenReady = async (): Promise<void> => {
    await Promise.resolve();
    this.ready = true;
  };

  /** What most of Electron says of itself before that. */
  assertReady(what: string): void {
    if (!this.ready) throw new Error(`${what} can only be used after app is ready`);
  }

  /** A Mac tells of the file a program was opened with before it is ready, and only to whoever listens then. */
  openFile(path: string): void {
    const event = new PreventableEvent();
    this.emit('open-file', event, path);
    if (!event.defaultPrevented) throw new Error('A file nobody took.');
  }

  /** Somebody starts the program again. */
  startAgain(parameters: readonly string[], workingDirectory: string, additionalData: unknown): void {
    this.emit('second-instance', {}, parameters, workingDirectory, additionalData);
  }

  /** Every step can be refused: before-quit, the close of each window, will-quit. */
  readonly quit = (): void => {
    if (this.quitted) return;
    const before = new PreventableEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#quitting = true;
    for (const window of [...this.windows]) {
      window.close();
      if (!window.isDestroyed()) {
        this.#quitting = false;
        return;
      }
    }
    const will = new PreventableEvent();
    this.emit('will-quit', will);
    if (will.defaultPrevented) this.#quitting = false;
    else this.#end(0);
  };

  /** Nobody is asked, and neither before-quit nor will-quit is heard. */
  readonly exit = (code = 0): void => {
    for (const window of [...this.windows]) window.destroy();
    this.#end(code);
  };

  /** Called by the windows. A program that quits hears nothing of it; one that does not listen is ended. */
  lastWindowClosed(): void {
    if (this.#quitting || this.quitted) return;
    if (!this.emit('window-all-closed')) this.quit();
  }

  #end(code: number): void {
    if (this.quitted) return;
    this.quitted = true;
    this.exitCode = code;
    this.emit('quit', {}, code);
  }
}
