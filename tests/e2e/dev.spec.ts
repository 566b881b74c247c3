/** `npm run dev` in a copy of the sources: what changes in the window appears without a reload, what changes behind it starts the studio anew. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { childRunning, expect, StudioWindow, test } from './studio.js';

const repository = join(import.meta.dirname, '..', '..');

test('a label changes while an engine job runs, and the studio starts again when its own code changes', async ({
  driver,
  page,
}) => {
  test.skip(driver === 'electron', 'The window of npm run dev is a browser.');
  const copy = mkdtempSync(join(tmpdir(), 'ddt-dev-'));
  for (const part of [
    'src',
    'scripts',
    'package.json',
    'package-lock.json',
    'svelte.config.js',
    'tsconfig.base.json',
  ]) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  for (const part of ['node_modules', 'resources']) symlinkSync(join(repository, part), join(copy, part), 'junction');
  mkdirSync(join(copy, 'data'));
  const dev = spawn(process.execPath, ['scripts/dev.mjs', '--data', join(copy, 'data')], {
    cwd: copy,
    env: { ...process.env, DDT_STUDIO_PROVIDERS: 'cpu', DDT_STUDIO_THREADS: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(dev, 'exit');
  const said: string[] = [];
  createInterface({ input: dev.stdout }).on('line', (line) => said.push(line));
  const starts = (): number => said.filter((line) => line.endsWith('The studio runs.')).length;
  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(copy, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(copy, path), text.replace(from, to));
  };

  try {
    await expect.poll(starts, { timeout: 60_000 }).toBe(1);
    const address = /http:\S+/.exec(said.find((line) => line.startsWith('Open '))!)![0];
    await page.goto(address);
    const studio = new StudioWindow(
      page,
      dev.pid!,
      () => Promise.reject(new Error('One window.')),
      async () => {},
    );
    await studio.waitUntilReady();

    await test.step('the label of a button, while pictures are drawn', async () => {
      await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
      await studio.startLongJob();
      edit('src/renderer/composer/Composer.svelte', "label: 'Generate' }", "label: 'Conjure' }");
      await expect(page.getByText('Conjure', { exact: true })).toBeVisible();
      await expect(studio.cancel).toBeVisible();
      expect(await page.evaluate(() => 'loadedOnce' in window)).toBe(true);
      expect(starts()).toBe(1);
      await expect(studio.cancel).toHaveCount(0, { timeout: 90_000 });
    });

    await test.step('a name the studio gives', async () => {
      edit('src/main/studio/project-calls.ts', "firstProjectName = 'Untitled'", "firstProjectName = 'First'");
      await expect.poll(starts, { timeout: 60_000 }).toBe(2);
      await page.reload();
      await studio.waitUntilReady();
    });

    await test.step('other sites get nothing of it', async () => {
      const asked = await fetch(`${address}api`, { headers: { origin: 'http://evil.example' } }).catch(() => null);
      expect(asked?.ok ?? false).toBe(false);
    });

    await test.step('a studio that is slow to close is waited for', async () => {
      const own = await childRunning('cli.js', dev.pid!);
      process.kill(own, 'SIGSTOP');
      // Twice, as npm passes on a Ctrl+C of the terminal.
      dev.kill('SIGINT');
      await wait(50);
      dev.kill('SIGINT');
      await wait(2_000);
      expect(dev.exitCode ?? dev.signalCode).toBeNull();
      process.kill(own, 'SIGCONT');
      await ended;
      expect(() => process.kill(own, 0)).toThrow('ESRCH');
    });
  } finally {
    dev.kill('SIGTERM');
    await ended;
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  }
});
