/** The rest of the desktop: dialogs, displays, the theme, sleep, the shell. */
import { EventEmitter } from 'node:events';
import type { FakeApp } from './app.js';
import type { FakeBounds, FakeWindow } from './window.js';

export interface ShownDialog {
  kind: 'save' | 'open' | 'message' | 'error';
  /** The window it belongs to; null: it stands alone. */
  parent: FakeWindow | null;
  options: Record<string, unknown>;
}

/** The person answers with what is set here; null = cancels. */
export class FakeDialogs {
  readonly shown: ShownDialog[] = [];
  savePath: string | null = null;
  openPaths: string[] | null = null;
  /** The label of the button that is pressed, or one of several, whichever is there; absent: the one that cancels. */
  answer: string | readonly string[] | null = null;

  constructor(private readonly app: FakeApp) {}

  readonly modules = {
    showSaveDialog: async (...given: unknown[]) => {
      this.#note('save', given);
      return { canceled: this.savePath === null, filePath: this.savePath ?? '' };
    },
    showOpenDialog: async (...given: unknown[]) => {
      this.#note('open', given);
      return { canceled: this.openPaths === null, filePaths: this.openPaths ?? [] };
    },
    showMessageBox: async (...given: unknown[]) => {
      const options = this.#note('message', given);
      return { response: this.#button(options), checkboxChecked: false };
    },
    showMessageBoxSync: (...given: unknown[]) => this.#button(this.#note('message', given)),
    /** The only one that may come before the program is ready. */
    showErrorBox: (title: string, content: string) =>
      void this.shown.push({ kind: 'error', parent: null, options: { title, content } }),
  };

  #note(kind: ShownDialog['kind'], given: unknown[]): Record<string, unknown> {
    if (!this.app.ready) throw new Error('dialog module can only be used after app is ready');
    const [parent, options] = given.length === 1 ? [null, given[0]] : given;
    this.shown.push({ kind, parent: parent as FakeWindow | null, options: options as Record<string, unknown> });
    return options as Record<string, unknown>;
  }

  #button({ buttons = ['OK'], cancelId = 0 }: { buttons?: string[]; cancelId?: number }): number {
    const wanted = typeof this.answer === 'string' ? [this.answer] : (this.answer ?? []);
    const index = buttons.findIndex((label) => wanted.includes(label));
    return index === -1 ? cancelId : index;
  }
}

export interface FakeDisplay {
  id: number;
  workArea: FakeBounds;
  bounds: FakeBounds;
}

export const display = (id: number, x: number, y: number, width: number, height: number): FakeDisplay => ({
  id,
  bounds: { x, y, width, height },
  workArea: { x, y, width, height },
});

export class FakeScreen extends EventEmitter {
  displays: FakeDisplay[] = [display(1, 0, 0, 1920, 1080)];
  constructor(private readonly app: FakeApp) {
    super();
  }
  readonly getAllDisplays = () => {
    if (!this.app.ready) throw new Error("The 'screen' module can't be used before the app 'ready' event");
    return this.displays;
  };
  readonly getPrimaryDisplay = () => this.getAllDisplays()[0]!;
}

export class FakeNativeTheme extends EventEmitter {
  #source = 'system';
  get themeSource(): string {
    return this.#source;
  }
  set themeSource(source: string) {
    if (!['system', 'dark', 'light'].includes(source)) throw new TypeError('Error processing argument');
    this.#source = source;
    this.emit('updated');
  }
}

export class FakePowerSaveBlocker {
  readonly running = new Set<number>();
  #next = 0;
  readonly start = (kind: string): number => {
    if (kind !== 'prevent-app-suspension' && kind !== 'prevent-display-sleep') throw new TypeError('Invalid type');
    this.running.add(this.#next);
    return this.#next++;
  };
  readonly stop = (id: number): boolean => this.running.delete(id);
  readonly isStarted = (id: number): boolean => this.running.has(id);
}

export class FakeShell {
  readonly opened: string[] = [];
  readonly openPath = async (path: string): Promise<string> => {
    this.opened.push(path);
    return '';
  };
  readonly showItemInFolder = (path: string): void => void this.opened.push(path);
}

export const fakeNativeImage = {
  createFromBuffer: (bytes: Uint8Array) => ({
    isEmpty: () => bytes.length === 0,
    resize: () => ({ isEmpty: () => bytes.length === 0 }),
  }),
};

export class FakeClipboard {
  text = '';
  readonly writeText = (text: string): void => void (this.text = text);
}
