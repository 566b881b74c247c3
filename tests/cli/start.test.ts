/** `npm start` and the host it starts end together, however the first of them ends. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from './command-line.js';

let folder: string;
let started: ChildProcess;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ddt-start-'))));
afterEach(() => {
  started.kill('SIGKILL');
  rmSync(folder, { recursive: true, maxRetries: 5 });
});

/** Starts the studio, usually where there is no screen, in a terminal of its own; its address. */
async function start(environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', DDT_STUDIO_PROVIDERS: 'cpu', ...environment };
  started = spawn(
    process.execPath,
    [join(repository, 'scripts', 'start.mjs'), '--web', '--data', join(folder, 'data')],
    { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true },
  );
  for await (const line of createInterface({ input: started.stdout! })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('It ended without an address.');
}

const isServed = (address: string): Promise<boolean> =>
  fetch(address).then(
    () => true,
    () => false,
  );

/** Whether any process still has this test's folder in its arguments. */
const isRunning = (): boolean => execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).includes(folder);

// Elsewhere a browser window would open.
test.skipIf(process.platform !== 'linux').each(['SIGKILL', 'SIGTERM'] as const)(
  'ended by %s it leaves no host behind',
  async (signal) => {
    const address = await start();
    expect(await isServed(address)).toBe(true);
    const ended = once(started, 'exit');
    started.kill(signal);
    await ended;
    await expect.poll(() => isServed(address), { timeout: 20_000, interval: 100 }).toBe(false);
    // It closes its files after its door.
    await expect.poll(isRunning, { timeout: 20_000, interval: 100 }).toBe(false);
  },
  120_000,
);

test.skipIf(process.platform !== 'linux')(
  'Ctrl+C, which a terminal sends to everybody, ends host and window, and the window’s profile goes',
  async () => {
    const browser = join(folder, 'browser');
    // It takes longer to end than the host, as browsers do.
    const slow = "trap 'sleep 1; exit 0' INT TERM\nwhile :; do sleep 0.1; done\n";
    writeFileSync(browser, `#!/bin/sh\n${slow}`, { mode: 0o755 });
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const address = await start({ DISPLAY: ':0', DDT_STUDIO_BROWSER: browser, TMPDIR: temporary });
    await expect.poll(() => isServed(address), { timeout: 20_000 }).toBe(true);
    const profiles = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('ddt-studio-window-'));
    expect(profiles()).toHaveLength(1);
    const ended = once(started, 'exit');
    process.kill(-started.pid!, 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(profiles()).toEqual([]);
  },
  120_000,
);
