/** What a person chose about the window itself: kept in the data directory, so that it is there whatever host or browser shows it. */
import type { SerialisedError } from '../errors.js';

/** By name; a value is whatever JSON can say. Each part of the window checks its own before it believes it. */
export type Preferences = Readonly<Record<string, unknown>>;

export interface StoredPreferences {
  values: Preferences;
  /** Nothing was ever kept here: what the browser remembers from before may be taken over. */
  isNew: boolean;
  /** Why the file could not be read; `values` is then empty, and the file is put aside. */
  problem: SerialisedError | null;
}

export const preferenceLimits = {
  /** Names: lower-case letters, digits, hyphens. */
  name: /^[a-z][a-z0-9-]{0,63}$/,
  names: 400,
  /** Characters of one value as JSON, and of all. */
  value: 256 * 1024,
  all: 2 * 1024 * 1024,
} as const;

export interface PreferenceMethods {
  readPreferences: [Record<string, never>, StoredPreferences];
  /** Values by name; null forgets one. All or nothing. Throws `bad-request` over the limits, `disk-full`, `place-unwritable`. */
  setPreferences: [{ changes: Record<string, unknown> }, Record<string, never>];
}

export const preferenceMethods = [
  'readPreferences',
  'setPreferences',
] as const satisfies readonly (keyof PreferenceMethods)[];
