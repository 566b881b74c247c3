/** The Servers panel: one is added with its token, computes what the window asks for, and is removed again. */
import { join } from 'node:path';
import { disposeAll, loadOnnxRuntime, openGraph } from '../../src/main/engine/model/session.js';
import { SessionClock, type Graphs } from '../../src/main/engine/model/graph.js';
import { loadPack } from '../../src/main/engine/pack/pack.js';
import { remoteGraphsOf } from '../../src/main/engine/remote/graphs.js';
import { InferenceServer } from '../fakes/inference-server.js';
import { expect, test } from './studio.js';

const packDirectory = join(import.meta.dirname, '..', '..', 'resources', 'packs', 'scenes-128');
const token = 'secret-token-7';

test('a server is added by Enter, refuses a wrong token in words, computes, and is removed', async ({ studio }) => {
  const { page } = studio;
  const pack = await loadPack(packDirectory);
  const runtime = await loadOnnxRuntime();
  const graphs: Graphs = {};
  for (const name of remoteGraphsOf(pack.manifest)) {
    graphs[name] = await openGraph(runtime, pack, name, { provider: 'cpu', threads: 1, clock: new SessionClock() });
  }
  const server = await new InferenceServer({ manifest: pack.manifest, graphs, token }).start();
  try {
    await studio.waitUntilReady();
    await page.getByRole('button', { name: 'Engine: CPU' }).click();
    await page.getByText('Servers', { exact: true }).click();
    const address = page.getByRole('textbox', { name: 'Address of a server' });
    const secret = page.getByLabel('Token of the server');
    const used = page.getByRole('list', { name: 'Servers in use' }).getByRole('listitem');
    await expect(page.getByRole('button', { name: 'Use server' })).toBeDisabled();

    // Refused: the studio goes on here and says why.
    await address.fill(server.url);
    await secret.fill('another-token');
    await secret.press('Enter');
    await expect(used).toContainText(`${server.url}, with a token`);
    await expect(page.getByText(/it wants another token \(401\)/).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();

    await address.fill(server.url);
    await secret.fill(token);
    await page.getByRole('button', { name: 'Use server' }).click();
    await expect(page.getByRole('button', { name: 'Engine: Servers' })).toBeVisible();
    await expect(used).toHaveCount(1);
    await expect(used).toContainText('Ready.');
    await expect(secret).toHaveValue('');
    await page.keyboard.press('Escape');
    const before = server.rows['decoder'] ?? 0;
    await studio.generate('a red circle');
    expect(server.rows['decoder']).toBeGreaterThan(before);
    expect(server.broken).toEqual([]);

    await page.getByRole('button', { name: 'Engine: Servers' }).click();
    await expect(used).toContainText(/rows\/s/);
    await used.getByRole('button', { name: 'Remove' }).click();
    await expect(used).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();
  } finally {
    await server.stop();
    await disposeAll(graphs);
  }
});
