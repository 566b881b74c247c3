/** Two packs side by side, through the real host with engines that compute nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { fakeManifest } from '../fakes/engine-parts.js';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/host.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { writeFakePack } from '../fakes/fake-pack.js';
import { expectNoFindings } from './accessibility-findings.js';
import { expect, StudioWindow, test } from './studio.js';

const root = join(import.meta.dirname, '..', '..');

const raster: PackManifest['tokens'] = {
  ...fakeManifest().tokens,
  count: 6,
  keepFromTrained: false,
  generationOrder: 'fine-to-coarse',
  schedule: { kind: 'raster', columns: 3, rows: 2 },
};

/** A studio with a timestep and a raster pack, two pictures on the board, the comparison open. */
async function withPacks(page: Page, check: (dialog: Locator, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-compare-'));
  writeFakePack(join(folder, 'packs', 'own'), { name: 'own' });
  writeFakePack(join(folder, 'packs', 'spatial'), { name: 'a-spatial', tokens: raster, purpose: 'study' });
  let host: WebHost | null = null;
  try {
    host = await startWebHost({
      dataDirectory: join(folder, 'data'),
      packDirectories: [join(folder, 'packs')],
      engineScript: join(root, 'tests', 'fakes', 'fake-engine.mjs'),
      rendererDirectory: join(root, 'out', 'renderer'),
    });
    await page.goto(host.url);
    const studio: StudioWindow = new StudioWindow(
      page,
      process.pid,
      async () => studio,
      async () => {},
    );
    // The study's pack comes behind the others, though its name would put it first.
    await expect(page.getByRole('button', { name: 'Model pack own' })).toBeVisible();
    for (const [index, value] of [60, 180].entries()) {
      const data = new Uint8Array(4 * 16 * 16).fill(value);
      await studio.drop(encodePng({ width: 16, height: 16, data }), `picture ${index + 1}.png`);
      await expect(studio.frames).toHaveCount(index + 1);
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type('compare two packs');
    await page.keyboard.press('Enter');
    await check(page.getByRole('dialog', { name: 'Compare packs' }), folder);
  } finally {
    await host?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

test.describe('with packs that compute nothing', () => {
  test.skip(({ driver }) => driver !== 'web', 'The engine is replaced, which only the localhost host offers.');

  test('both are asked the same and shown beside each other, by keyboard alone; the sheet is saved', async ({
    page,
  }) => {
    await withPacks(page, async (dialog) => {
      const compare = dialog.getByRole('button', { name: 'Compare', exact: true });
      await expect(dialog.getByRole('combobox', { name: 'First pack' })).toHaveValue(/own$/);
      await expect(dialog.getByRole('combobox', { name: 'Second pack' })).toHaveValue(/spatial$/);
      await expect(dialog.getByText('t does not govern visibility here')).toBeVisible();
      await expect(dialog.getByText(/^K differs, 8 and 6/)).toBeVisible();
      await dialog.getByRole('textbox', { name: 'Prompt for both' }).fill('a star');
      await compare.press('Enter');
      await expect(dialog.getByText(/^Same prompt, seed, pictures and steps/)).toBeVisible();
      for (const name of ['own', 'a-spatial']) {
        const side = dialog.getByRole('region', { name });
        await expect(side.getByRole('img', { name: `${name}: Drawn` })).toBeVisible();
        await expect(side.getByRole('img', { name: new RegExp(`^${name}: A restored, [\\d.]+ dB$`) })).toBeVisible();
      }
      const way = dialog.getByRole('slider', { name: 'own: from A to B' });
      await expect(way).toHaveAttribute('aria-valuetext', '4 of 8 from B');
      await way.press('End');
      await expect(way).toHaveAttribute('aria-valuetext', 'all 8 of B');
      await expect(dialog.getByRole('slider', { name: 'a-spatial: from A to B' })).toHaveAttribute(
        'aria-valuetext',
        'all 6 of B',
      );
      const chart = dialog.getByRole('slider', { name: 'Values by share of the tokens written, per cent' });
      await chart.press('End');
      await expect(chart).toHaveAttribute('aria-valuetext', /^100: own 1\.00 nats, a-spatial 1\.00 nats/);
      await expectNoFindings(page, 'two packs compared');
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        dialog.getByRole('button', { name: 'Save as PNG' }).press('Enter'),
      ]);
      expect(file.suggestedFilename()).toBe('own beside a-spatial.png');
      expect([...readFileSync(await file.path()).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    });
  });

  test('another folder: a broken pack says why, one without a language model is shown without', async ({ page }) => {
    await withPacks(page, async (dialog, folder) => {
      const field = dialog.getByRole('textbox', { name: 'Another pack’s folder' });
      const broken = writeFakePack(join(folder, 'elsewhere', 'broken'), { name: 'broken' });
      writeFileSync(join(broken, 'decoder.onnx'), 'cut');
      await field.fill(broken);
      await field.press('Enter');
      await expect(dialog.getByText(/The model pack cannot be used: decoder\.onnx/)).toBeVisible();
      await field.fill(
        writeFakePack(join(folder, 'elsewhere', 'plain'), {
          name: 'plain',
          languageModel: undefined,
          tokenizer: undefined,
          graphs: { encoder: 'encoder.onnx', decoder: 'decoder.onnx' },
        }),
      );
      await field.press('Enter');
      await expect(dialog.getByRole('combobox', { name: 'Second pack' })).toHaveValue(/plain$/);
      await dialog.getByRole('textbox', { name: 'Prompt for both' }).fill('a star');
      await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
      await expect(dialog.getByText(/^Same prompt, seed/)).toBeVisible();
      const side = dialog.getByRole('region', { name: 'plain' });
      await expect(side.getByText(/The pack plain has no language model/)).toBeVisible();
      await expect(side.getByRole('img', { name: /^plain: A restored/ })).toBeVisible();
      await expect(dialog.getByText(/^plain: The pack plain has no language model/)).toBeVisible();
      await expectNoFindings(page, 'a pack without a language model beside one with');
    });
  });

  test('stopped half-way; a pack whose engine refuses it leaves the other one its place', async ({ page }) => {
    await withPacks(page, async (dialog, folder) => {
      await dialog.getByRole('textbox', { name: 'Prompt for both' }).fill('hang now');
      await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
      await expect(dialog.getByText('own: opening')).toBeVisible();
      await dialog.getByRole('button', { name: 'Stop' }).press('Enter');
      await expect(dialog.getByText(/^Stopped; what is shown/)).toBeVisible();
      const field = dialog.getByRole('textbox', { name: 'Another pack’s folder' });
      await field.fill(writeFakePack(join(folder, 'elsewhere', 'refuse'), { name: 'odd' }));
      await field.press('Enter');
      await expect(dialog.getByRole('combobox', { name: 'Second pack' })).toHaveValue(/refuse$/);
      await dialog.getByRole('textbox', { name: 'Prompt for both' }).fill('a star');
      // The engine that hung is ended two seconds after the stop and started again, and Compare is off until it is there: a click that
      // meets the very moment in which it goes off begins nothing, and what was stopped before is still what is shown.
      await expect(async () => {
        await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
        await expect(dialog.getByText(/^Stopped; what is shown/)).toBeHidden({ timeout: 5000 });
      }).toPass();
      await expect(dialog.getByRole('alert')).toHaveText(/The model pack cannot be used. Choose another one./);
      await expectNoFindings(page, 'a comparison that one side refused');
      await expect(dialog.getByRole('region', { name: 'own' }).getByRole('img', { name: 'own: Drawn' })).toBeVisible();
    });
  });
});
