/** Preferences in a file of the data directory: read once, written whole beside its goal and renamed. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError, type SerialisedError } from '../../shared/errors.js';
import { assertBounded, deepestJson, parseJson } from '../../shared/json.js';
import { messageLimits } from '../../shared/limits.js';
import { preferenceLimits, type StoredPreferences } from '../../shared/contract/preferences.js';
import { writingError } from './database/storage-errors.js';

const version = 1;
const fileName = 'preferences.json';
/** One bad value does not take the others with it, so keys are looked at one by one. */
const fileBounds = { characters: preferenceLimits.all * 3, depth: deepestJson, keys: 'any' } as const;

export class PreferencesFile {
  readonly #path: string;
  readonly #values: Map<string, unknown>;
  #isNew: boolean;
  readonly #problem: SerialisedError | null;

  /** Never throws: a file that cannot be read is put aside, and `read` says so. */
  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, fileName);
    this.#isNew = !existsSync(this.#path);
    const found = this.#isNew ? new Map<string, unknown>() : readValues(this.#path);
    this.#values = found ?? new Map<string, unknown>();
    this.#problem = found === null ? putAside(this.#path) : null;
  }

  read(): StoredPreferences {
    return { values: Object.fromEntries(this.#values), isNew: this.#isNew, problem: this.#problem };
  }

  /** Throws `bad-request`, `disk-full` or `place-unwritable`; nothing is then different. */
  set(changes: Readonly<Record<string, unknown>>): void {
    const next = new Map(this.#values);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    const refused = [...next].find(([name, value]) => !isKeepable(name, value))?.[0];
    const text = refused === undefined ? JSON.stringify({ version, values: Object.fromEntries(next) }, null, 1) : '';
    if (refused !== undefined || next.size > preferenceLimits.names || text.length > preferenceLimits.all) {
      throw new StudioError(
        'bad-request',
        refused === undefined
          ? 'There are too many preferences to be kept.'
          : `The preference “${refused.slice(0, 64)}” cannot be kept.`,
        'It stays as it is until the window is closed.',
      );
    }
    const unfinished = `${this.#path}.new`;
    try {
      writeFileSync(unfinished, text, { flush: true, mode: 0o600 });
      renameSync(unfinished, this.#path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw writingError(this.#path, error, 'the preference was not saved');
    }
    this.#values.clear();
    for (const [name, value] of next) this.#values.set(name, value);
    this.#isNew = false;
  }
}

/** Null for a file that is no file of preferences. */
function readValues(path: string): Map<string, unknown> | null {
  try {
    // A text of `all` characters has at most three times as many bytes.
    if (statSync(path).size > preferenceLimits.all * 3) return null;
    const file = parseJson(readFileSync(path, 'utf8'), fileBounds);
    if (typeof file !== 'object' || file === null || !('values' in file)) return null;
    const { values } = file;
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return null;
    return new Map(Object.entries(values).filter(([name, value]) => isKeepable(name, value)));
  } catch {
    return null;
  }
}

function isKeepable(name: string, value: unknown): boolean {
  if (!preferenceLimits.name.test(name)) return false;
  try {
    assertBounded(value, messageLimits);
  } catch {
    return false;
  }
  const text = JSON.stringify(value) as string | undefined;
  return text !== undefined && text.length <= preferenceLimits.value;
}

function putAside(path: string): SerialisedError {
  const aside = `${path}.damaged`;
  let place = `What was in it is in ${aside}.`;
  try {
    renameSync(path, aside);
  } catch {
    place = `It is still at ${path}.`;
  }
  return {
    code: 'place-unwritable',
    message: 'Your preferences could not be read, so the window looks as it did at first.',
    remedy: `Choose theme, shortcuts and panel sizes again. ${place}`,
  };
}
