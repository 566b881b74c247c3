/** The file Electron starts, on the stand-in for Electron: what a person wrote arrives, what fails is noted where a report looks for it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
// Read here, once: each test loads the entry anew, which shall not count the reading.
import '../../src/main/diagnostics/log.js';
import '../../src/main/hosts/electron/host.js';
import '../../src/main/servers/remote-from.js';
import { fromOutcomes } from '../../src/shared/contract/bridge.js';
import { FakeElectron } from '../fakes/electron.js';

const names = ['uncaughtException', 'unhandledRejection', 'uncaughtExceptionMonitor'] as const;
/** What the program changes in the process it owns. */
const before = { argv: process.argv, error: console.error, warn: console.warn };
const listeners = names.map((name) => process.rawListeners(name));

let folder = '';
let electron: FakeElectron;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-entry-'));
  electron = new FakeElectron();
  electron.forks = 'nothing';
  vi.resetModules();
  vi.doMock('electron', () => electron.modules);
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  electron.end();
  Object.assign(process, { argv: before.argv });
  Object.assign(console, { error: before.error, warn: before.warn });
  names.forEach((name, index) => {
    for (const listener of process.rawListeners(name)) {
      if (!listeners[index]!.includes(listener)) process.off(name, listener as () => void);
    }
  });
  vi.doUnmock('electron');
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function start(...parameters: string[]): Promise<void> {
  process.argv = ['/opt/electron', ...parameters];
  await import('../../src/main/hosts/electron/index.js');
}

test('threads and provider reach the engine, the data folder is the one named', async () => {
  await start('.', '--no-sandbox', '--data', folder, '--threads', '3', '--provider=cpu');
  await vi.waitFor(() => expect(electron.utilityProcesses[0]?.posted).not.toHaveLength(0), 20_000);
  expect(electron.utilityProcesses[0]!.posted).toContainEqual(
    expect.objectContaining({ threads: 3, providers: ['cpu'] }),
  );
  expect(electron.app.getPath('userData')).toBe(join(folder, 'electron'));
  // What a process leaves behind when it crashes stays on this machine.
  expect(electron.crashUploads).toBe(false);
});

test('a number of threads that is none is said in a box, and nothing opens', async () => {
  await start('--data', folder, '--threads', 'four');
  await vi.waitFor(() => expect(electron.app.exitCode).toBe(1), 20_000);
  expect(electron.dialogs.shown).toMatchObject([
    { kind: 'error', options: { content: expect.stringContaining('--threads needs a whole number') } },
  ]);
  expect(electron.windows).toEqual([]);
});

test('a process that crashes is noted in the log and told in the window', async () => {
  await start('--data', folder);
  await vi.waitFor(() => expect(electron.windows[0]?.shown).toBe(true), 20_000);
  electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 9 });
  await vi.waitFor(() => {
    expect(readFileSync(join(folder, 'logs', 'studio.log'), 'utf8')).toMatch(/process: 'graphics'[^}]*'crashed'/);
  }, 10_000);
  const api = fromOutcomes({ ...electron.windows[0]!.bridge(), onConnection: () => () => {} });
  expect((await api.takeNews({})).notices).toEqual([expect.stringContaining('graphics')]);
});
