/** What the desktop program remembers about itself, in one small file that anyone may edit or lose. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseJson, settingsBounds } from '../../../shared/json.js';
import { makeFolder } from '../../storage/database/folders.js';
import { noPlaces } from './windows/window-place.js';

const whole = z.int();
const place = z.object({ x: whole, y: whole, width: whole.min(1), height: whole.min(1), maximized: z.boolean() });

const schema = z.object({
  windows: z.object({ last: whole.nullable(), byDisplay: z.record(z.string(), place) }).catch(noPlaces),
  /** Absolute paths, newest first. */
  recentFiles: z.array(z.string().max(4096)).max(50).catch([]),
  /** Null: not chosen, so as the system does it without fetching anything. */
  spelling: z.boolean().nullable().catch(null),
});

export type DesktopSettings = z.infer<typeof schema>;

export class DesktopSettingsFile {
  readonly #path: string;
  #settings: DesktopSettings;

  constructor(folder: string) {
    this.#path = join(folder, 'desktop.json');
    this.#settings = schema.parse(this.#read());
  }

  get(): DesktopSettings {
    return this.#settings;
  }

  /** Conveniences only: what cannot be written is remembered until the program ends, and said on stderr. */
  change(change: Partial<DesktopSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    try {
      makeFolder(dirname(this.#path));
      writeFileSync(`${this.#path}.new`, JSON.stringify(this.#settings, null, 2), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      console.warn('What the windows look like could not be noted:', error);
    }
  }

  #read(): object {
    try {
      const value = parseJson(readFileSync(this.#path, 'utf8'), settingsBounds);
      return typeof value === 'object' && value !== null ? value : {};
    } catch {
      return {};
    }
  }
}
