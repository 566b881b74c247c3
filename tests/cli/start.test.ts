/** `npm start` and the host it starts end together, however the first of them ends. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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

/** Starts the studio where there is no screen; its address. */
async function start(): Promise<string> {
  const environment = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', DDT_STUDIO_PROVIDERS: 'cpu' };
  started = spawn(
    process.execPath,
    [join(repository, 'scripts', 'start.mjs'), '--web', '--data', join(folder, 'data')],
    { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'ignore'] },
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
