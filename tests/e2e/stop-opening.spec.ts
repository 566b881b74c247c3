/** A pack that takes for ever to open is given up where a person sees that it does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/host.js';
import { writeFakePack } from '../fakes/fake-pack.js';
import { expect, test } from './studio.js';

const root = join(import.meta.dirname, '..', '..');
let folder: string;
let host: WebHost;

test.skip(({ driver }) => driver !== 'web', 'The engine is replaced, which only the localhost host offers.');

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-stop-'));
  // The engine that computes nothing opens a folder of this name for ever.
  for (const name of ['alpha', 'endless']) writeFakePack(join(folder, 'packs', name), { name });
  host = await startWebHost({
    dataDirectory: join(folder, 'data'),
    packDirectories: [join(folder, 'packs')],
    engineScript: join(root, 'tests', 'fakes', 'fake-engine.mjs'),
    rendererDirectory: join(root, 'out', 'renderer'),
  });
});
test.afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('from the pack, from the engine, and the pack there was is opened again', async ({ page }) => {
  await page.goto(host.url);
  const engine = (state: string) => page.getByRole('button', { name: `Engine: ${state}` });
  const pack = page.getByRole('button', { name: /^Model pack / });
  const use = (name: string) =>
    page.getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: 'Use' });
  await expect(engine('CPU')).toBeVisible();
  await expect(pack).toContainText('alpha');

  await pack.click();
  await use('endless').click();
  await page.getByRole('button', { name: 'Stop opening' }).click();
  await expect(page.getByRole('button', { name: 'Stop opening' })).toHaveCount(0);
  await expect(engine('Stopped')).toBeVisible();

  await use('endless').click();
  await expect(engine('Starting…')).toBeVisible();
  await page.keyboard.press('Escape');
  await engine('Starting…').click();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(engine('Stopped')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.keyboard.press('Escape');

  await pack.click();
  await use('alpha').click();
  await expect(engine('CPU')).toBeVisible();
});

test('what the page throws and nobody catches is in the log', async ({ page, uncaught }) => {
  const noted: unknown[] = [];
  await host.close();
  const log = {
    error: (...said: unknown[]) => void noted.push(...said),
    warn: () => {},
    info: () => {},
    debug: () => {},
  };
  host = await startWebHost({
    dataDirectory: join(folder, 'data'),
    packDirectories: [join(folder, 'packs')],
    engineScript: join(root, 'tests', 'fakes', 'fake-engine.mjs'),
    rendererDirectory: join(root, 'out', 'renderer'),
    logs: { studio: log, engineOutput: () => {}, close: () => {} },
  });
  await page.goto(host.url);
  await expect(page.getByRole('application', { name: 'Board', exact: true })).toBeVisible();
  await page.evaluate(() => {
    setTimeout(() => {
      throw new TypeError('thrown by a test');
    });
    void Promise.reject(new RangeError('rejected by a test'));
  });
  await expect.poll(() => noted.join('\n')).toContain('A window’s page: TypeError: thrown by a test');
  await expect.poll(() => noted.join('\n')).toContain('A window’s page: Unhandled: RangeError: rejected by a test');
  expect(uncaught.splice(0)).toHaveLength(2);
});
