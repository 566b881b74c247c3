/** CUDA from the window: seen, agreed to, fetched, tried by the engine and removed. The card and the libraries are stand-ins. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWebHost } from '../../src/main/hosts/web/host.js';
import { cudaComponent, cudaWheel } from '../fakes/cuda-wheel.js';
import { writeLatentPack } from '../fakes/latent-pack.js';
import { expectNoFindings } from './accessibility-findings.js';
import { expect, test } from './studio.js';

const root = join(import.meta.dirname, '..', '..');

test.skip(
  ({ driver }) => driver !== 'web' || process.platform !== 'linux' || process.arch !== 'x64',
  'a host with a driver that is written for it; CUDA is for Linux',
);

test('CUDA is offered where there is a card, installed after its licences are agreed to, tried, and removed', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-cuda-'));
  writeLatentPack(join(folder, 'packs', 'latent'));
  const card = join(folder, 'driver', 'gpus', '0000:01:00.0');
  mkdirSync(card, { recursive: true });
  writeFileSync(join(card, 'information'), 'Model: \t\t NVIDIA GeForce RTX 4090\n');
  const files = createServer((_request, response) => response.end(cudaWheel)).listen(0, '127.0.0.1');
  await new Promise((resolve) => files.once('listening', resolve));
  const host = await startWebHost({
    dataDirectory: join(folder, 'data'),
    packDirectories: [join(folder, 'packs')],
    engineScript: join(root, 'out', 'main', 'engine.js'),
    rendererDirectory: join(root, 'out', 'renderer'),
    gpu: {
      driverFolder: join(folder, 'driver'),
      installation: {
        address: `http://127.0.0.1:${(files.address() as AddressInfo).port}`,
        components: [cudaComponent],
      },
    },
  });
  try {
    await page.goto(host.url);
    const chip = page.getByRole('button', { name: 'Engine: CPU' });
    const engine = page.getByRole('dialog', { name: /^Engine/ });
    const dialog = page.getByRole('dialog', { name: 'CUDA' });
    await chip.click();
    await expect(engine).toContainText('NVIDIA GeForce RTX 4090: CUDA is not installed.');
    await engine.getByRole('button', { name: 'Install CUDA…' }).click();
    await expect(dialog.getByRole('list', { name: 'Licences' })).toContainText('MIT');
    const install = dialog.getByRole('button', { name: 'Install', exact: true });
    await expect(install).toBeDisabled();
    await expectNoFindings(page, 'CUDA before its licences are agreed to');
    await dialog.getByRole('checkbox', { name: 'I agree to these licences' }).check();
    await install.click();
    await expect(dialog.getByText('CUDA is installed. It is tried whenever the engine starts.')).toBeVisible();
    await expectNoFindings(page, 'CUDA installed');

    // What was brought is no library, and the engine says so and goes on without it.
    await dialog.getByRole('button', { name: 'Start the engine anew' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Switching…')).toHaveCount(0, { timeout: 60_000 });
    await chip.click();
    await expect(engine).toContainText('NVIDIA GeForce RTX 4090: CUDA is installed.');
    await expect(engine).not.toContainText('which is not installed');

    await engine.getByRole('button', { name: 'CUDA…' }).click();
    await dialog.getByRole('button', { name: 'Remove CUDA' }).click();
    await expectNoFindings(page, 'whether CUDA is to go');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByRole('button', { name: 'Remove CUDA' }).click();
    await dialog.getByRole('button', { name: 'Remove for good' }).click();
    await expect(install).toBeVisible();
    expect(existsSync(join(folder, 'data', 'gpu'))).toBe(false);
  } finally {
    await page.goto('about:blank');
    await host.close();
    files.closeAllConnections();
    files.close();
    rmSync(folder, { recursive: true });
  }
});
