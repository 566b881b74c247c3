import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { StoredPreferences } from '../../../shared/contract/preferences.js';

const isText = (value: unknown): value is string => typeof value === 'string';

/** A browser's storage, and the main side's file. */
let browser: Map<string, string>;
let file: Record<string, unknown>;
let stored: StoredPreferences;
let refusal: Error | null;
const store = {
  readPreferences: async () => stored,
  setPreferences: async ({ changes }: { changes: Record<string, unknown> }) => {
    if (refusal !== null) throw refusal;
    Object.assign(file, changes);
    return {};
  },
};

/** A window that has just been opened. */
async function openWindow() {
  vi.resetModules();
  return import('./preferences.js');
}

beforeEach(() => {
  vi.useFakeTimers();
  browser = new Map();
  file = {};
  stored = { values: {}, isNew: true, problem: null };
  refusal = null;
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => browser.get(key) ?? null,
    setItem: (key: string, value: string) => void browser.set(key, value),
    key: (at: number) => [...browser.keys()][at] ?? null,
    get length() {
      return browser.size;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('preferences', () => {
  it('come from the data directory, whatever the browser says', async () => {
    browser.set('ddt-studio:theme', '"dark"');
    stored = { values: { theme: 'light' }, isNew: false, problem: null };
    const window = await openWindow();
    await window.loadPreferences(store);
    expect(window.preference('theme', 'system', isText)).toBe('light');
    expect(window.preference('prompt', 'none', isText)).toBe('none');
    await vi.runAllTimersAsync();
    expect(file).toEqual({});
  });

  it('of a browser are taken over once, but for what belongs to somebody else or to the moment', async () => {
    browser.set('ddt-studio:theme', '"light"');
    browser.set('ddt-studio:broken', '{');
    browser.set('ddt-studio:copied', '{"items":[]}');
    browser.set('other', '1');
    const window = await openWindow();
    await window.loadPreferences(store);
    expect(window.preference('theme', 'dark', isText)).toBe('light');
    await vi.runAllTimersAsync();
    expect(file).toEqual({ theme: 'light' });
  });

  it('are written together after a moment, the last value of each, and at once when the window goes', async () => {
    const window = await openWindow();
    await window.loadPreferences(store);
    for (const prompt of ['a', 'a ', 'a r']) window.setPreference('prompt', prompt);
    expect(file).toEqual({});
    window.setPreference('theme', 'light');
    await vi.runAllTimersAsync();
    expect(file).toEqual({ prompt: 'a r', theme: 'light' });
    window.setPreference('prompt', 'a red');
    window.flushPreferences();
    expect(file).toMatchObject({ prompt: 'a red' });
    expect(window.preference('prompt', '', isText)).toBe('a red');
  });

  it('that could not be written go along with the next change; those too large are let go', async () => {
    const window = await openWindow();
    await window.loadPreferences(store);
    refusal = new StudioError('disconnected', 'm', 'r');
    window.setPreference('theme', 'light');
    await vi.runAllTimersAsync();
    refusal = null;
    window.setPreference('seed', 5);
    await vi.runAllTimersAsync();
    expect(file).toEqual({ theme: 'light', seed: 5 });
    // The class of this window's own modules.
    const { StudioError: OwnError } = await import('../../../shared/errors.js');
    refusal = new OwnError('bad-request', 'm', 'r');
    window.setPreference('prompt', 'too long');
    await vi.runAllTimersAsync();
    refusal = null;
    window.setPreference('seed', 6);
    await vi.runAllTimersAsync();
    expect(file).toEqual({ theme: 'light', seed: 6 });
  });

  it('are the browser’s copy where the host does not answer, and nothing breaks without a browser’s storage', async () => {
    browser.set('ddt-studio:theme', '"light"');
    const window = await openWindow();
    const away = { ...store, readPreferences: () => Promise.reject(new StudioError('disconnected', 'm', 'r')) };
    expect(await window.loadPreferences(away)).toBeNull();
    expect(window.preference('theme', 'dark', isText)).toBe('light');
    vi.stubGlobal('localStorage', undefined);
    expect(window.preference('theme', 'dark', isText)).toBe('dark');
    window.setPreference('theme', 'light');
  });

  it('of a damaged file: it is told why everything is as at first', async () => {
    const problem = { code: 'place-unwritable', message: 'm', remedy: 'r' } as const;
    stored = { values: {}, isNew: false, problem };
    const window = await openWindow();
    expect(await window.loadPreferences(store)).toEqual(problem);
  });
});
