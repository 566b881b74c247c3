/**
 * What a person chose about the window. The data directory holds it, whatever host or browser shows the studio; the browser's own
 * storage keeps a copy, for a window that cannot reach its host. Either may be full or hold an older shape: then the fallback rules.
 */
import type { StudioApi } from '../../../shared/contract/api.js';
import { StudioError, type SerialisedError } from '../../../shared/errors.js';
import { parseJson, settingsBounds } from '../../../shared/json.js';

type Store = Pick<StudioApi, 'readPreferences' | 'setPreferences'>;

const prefix = 'ddt-studio:';
/** Typing makes a change with every letter; the file is written once for all of them. */
const gatherMs = 300;

let kept: ReadonlyMap<string, unknown> | null = null;
let store: Store | null = null;
let unsent: Record<string, unknown> = {};
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Before any part of the window is made: they read their preferences as they come into being. What the browser kept from before
 * there was such a file is taken over, once. Never rejects; the answer says what was wrong with the file.
 */
export async function loadPreferences(from: Store): Promise<SerialisedError | null> {
  try {
    const { values, isNew, problem } = await from.readPreferences({});
    store = from;
    const found = isNew ? browserValues() : values;
    kept = new Map(Object.entries(found));
    if (isNew && kept.size > 0) for (const [key, value] of kept) send(key, value);
    return problem;
  } catch {
    // A host that does not answer: the window says so itself, and the browser's copy has to do.
    return null;
  }
}

/** `present` makes of what was kept in an older shape what is accepted now. */
export function preference<Value>(
  key: string,
  fallback: Value,
  accepts: (value: unknown) => value is Value,
  present: (value: unknown) => unknown = (value) => value,
): Value {
  const value = present(kept === null ? browserValue(key) : kept.get(key));
  return accepts(value) ? value : fallback;
}

export function setPreference(key: string, value: unknown): void {
  setBrowserPreference(key, value);
  if (kept !== null) kept = new Map([...kept, [key, value]]);
  send(key, value);
}

/** Of this browser alone, and shared by its windows at once. */
export function browserPreference<Value>(
  key: string,
  fallback: Value,
  accepts: (value: unknown) => value is Value,
): Value {
  const value = browserValue(key);
  return accepts(value) ? value : fallback;
}

export function setBrowserPreference(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // A full or forbidden store costs a preference, never work.
  }
}

/** Writes at once what waits to be written: the window is about to go. */
export function flushPreferences(): void {
  clearTimeout(timer);
  timer = undefined;
  const changes = unsent;
  if (store === null || Object.keys(changes).length === 0) return;
  unsent = {};
  store.setPreferences({ changes }).catch((thrown: unknown) => {
    // What is too large to be kept will not get smaller; it stays in the browser.
    if (thrown instanceof StudioError && thrown.code === 'bad-request') return;
    // Sent again with the next change: a host that is away comes back, a full disk is emptied.
    unsent = { ...changes, ...unsent };
  });
}

function send(key: string, value: unknown): void {
  if (store === null) return;
  unsent[key] = value;
  timer ??= setTimeout(flushPreferences, gatherMs);
}

function browserValue(key: string): unknown {
  try {
    return parseJson(localStorage.getItem(prefix + key) ?? 'null', settingsBounds);
  } catch {
    return null;
  }
}

/** Everything this program has ever left in the browser, but for what is only of the moment. */
function browserValues(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  try {
    for (let at = 0; at < localStorage.length; at++) {
      const key = localStorage.key(at) ?? '';
      if (!key.startsWith(prefix) || key === `${prefix}copied`) continue;
      const value = browserValue(key.slice(prefix.length));
      if (value !== null) values[key.slice(prefix.length)] = value;
    }
  } catch {
    // Forbidden: there is nothing to take over.
  }
  return values;
}
