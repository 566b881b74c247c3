/** Plans in the window, through the real host and engine and a pack whose graphs compute from random weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/host.js';
import { writeLatentPack } from '../fakes/latent-pack.js';
import { expect, StudioWindow, test } from './studio.js';

const root = join(import.meta.dirname, '..', '..');

async function withPlanningPack(page: Page, check: (studio: StudioWindow) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-plan-'));
  writeLatentPack(join(folder, 'packs', 'latent'));
  let host: WebHost | null = null;
  try {
    host = await startWebHost({
      dataDirectory: join(folder, 'data'),
      packDirectories: [join(folder, 'packs')],
      engineScript: join(root, 'out', 'main', 'engine.js'),
      rendererDirectory: join(root, 'out', 'renderer'),
    });
    await page.goto(host.url);
    const studio: StudioWindow = new StudioWindow(
      page,
      process.pid,
      async () => studio,
      async () => {},
    );
    await studio.waitUntilReady();
    await check(studio);
  } finally {
    await page.goto('about:blank');
    await host?.close();
    rmSync(folder, { recursive: true });
  }
}

test.beforeEach(({ driver }) => test.skip(driver !== 'web', 'the same window in both'));

test('the plan is shown, corrected, drawn by Enter and kept; an edit says what the picture will be', async ({
  page,
}) => {
  await withPlanningPack(page, async (studio) => {
    const composer = page.getByRole('region', { name: 'Composer' });
    const plan = composer.getByRole('textbox', { name: 'It will draw' });
    await expect(plan).toHaveCount(0);
    // With another seed random weights may have nothing to say.
    await composer.getByRole('textbox', { name: 'Seed' }).fill('7');
    await studio.generate('w8 w9');
    await expect(plan).toHaveValue(/^w\d+/);
    await expect(page.getByTestId('plan')).toHaveText(await plan.inputValue());

    await plan.fill('w12 w13');
    await plan.press('Enter');
    await expect(studio.frames).toHaveCount(2);
    await expect(page.getByTestId('plan')).toHaveText('w12 w13');
    await expect(plan).toHaveValue('w12 w13');
    await composer.getByRole('button', { name: 'Let the model plan' }).click();
    await expect(plan).toHaveCount(0);

    await composer.getByRole('tab', { name: 'Edit' }).click();
    const keepsRest = composer.getByRole('checkbox', { name: 'Change only what the edit concerns' });
    await expect(keepsRest).toBeChecked();
    await composer.getByRole('textbox', { name: 'Instruction' }).fill('w9');
    await composer.getByRole('button', { name: /^Edit\b/ }).click();
    await expect(composer.getByRole('textbox', { name: 'Then the picture will be' })).toHaveValue(/^w\d+/);
    const selfCheck = page.getByRole('group', { name: 'Self-check' });
    await expect(selfCheck).toContainText('Only the part that the edit concerns changed');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();

    await keepsRest.uncheck();
    await composer.getByRole('button', { name: 'Draw this plan' }).click();
    await expect(selfCheck).toContainText('of the pixels changed visibly');
    await page.reload();
    await studio.waitUntilReady();
    await page.getByRole('button', { name: 'Show the timeline of w8 w9' }).first().click();
    await composer.getByRole('tab', { name: 'Edit' }).click();
    await expect(keepsRest).not.toBeChecked();
  });
});
