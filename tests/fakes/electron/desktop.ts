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
    this.app.assertReady('dialog module');
    const [parent, options] = (given.length === 1 ? [null, given[0]] : given) as [
      FakeWindow | null,
      Record<string, unknown>,
    ];
    if (parent?.isDestroyed() === true) throw new TypeError('Object has been destroyed');
    if (kind === 'message') assertMessage(options);
    this.shown.push({ kind, parent, options });
    return options;
  }

  #button({ buttons = ['OK'], cancelId = 0 }: { buttons?: string[]; cancelId?: number }): number {
    const wanted = typeof this.answer === 'string' ? [this.answer] : (this.answer ?? []);
    const index = buttons.findIndex((label) => wanted.includes(label));
    return index === -1 ? cancelId : index;
  }
}

const messageTypes: readonly unknown[] = [undefined, 'none', 'info', 'error', 'question', 'warning'];

function assertMessage({ type, message, buttons = [], defaultId, cancelId }: Record<string, unknown>): void {
  if (!messageTypes.includes(type)) throw new TypeError('Invalid message box type');
  if (typeof message !== 'string') throw new TypeError('message must be a string');
  const { length } = buttons as string[];
  // Electron does not look; a number no button has would be answered by none.
  for (const id of [defaultId, cancelId])
    if (Number(id ?? 0) > Math.max(0, length - 1)) throw new RangeError('No such button');
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
    this.app.assertReady('screen module');
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
  constructor(private readonly app: FakeApp) {}
  readonly start = (kind: string): number => {
    this.app.assertReady('powerSaveBlocker');
    if (kind !== 'prevent-app-suspension' && kind !== 'prevent-display-sleep') throw new TypeError('Invalid type');
    this.running.add(this.#next);
    return this.#next++;
  };
  readonly stop = (id: number): boolean => this.running.delete(id);
}

export class FakeShell {
  readonly opened: string[] = [];
  readonly openPath = async (path: string): Promise<string> => {
    this.opened.push(path);
    return '';
  };
}

/** Of anything but a PNG or a JPEG it makes an empty picture, without a word. */
export const fakeNativeImage = {
  createFromBuffer: (bytes: Buffer) => {
    if (!Buffer.isBuffer(bytes)) throw new TypeError('buffer must be a node Buffer');
    const isEmpty = () => !['89504e47', 'ffd8ff'].some((start) => bytes.toString('hex').startsWith(start));
    return { isEmpty, resize: () => ({ isEmpty }) };
  },
};

export class FakeClipboard {
  text = '';
  readonly writeText = async (text: string): Promise<void> => void (this.text = text);
}
