/** The window with packs of the shapes of public models, small and of random weights, in the real engine. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import {
  darClasses,
  writeDarPack,
  writeSelftokPack,
  writeWholeDarPack,
  writeWholeSelftokPack,
} from '../fakes/family-packs.js';
import { withOnlyPack } from './only-pack.js';
import { expect, test } from './studio.js';

test.skip(({ driver }) => driver !== 'web', 'The packs are replaced, which only the localhost host offers.');

test('like D-AR: class names are prompts, nothing is edited or described, and the reasons are said', async ({
  page,
}) => {
  await withOnlyPack(page, { write: writeDarPack, computes: true }, async (studio) => {
    await studio.waitUntilReady();
    const composer = page.getByRole('region', { name: 'Composer' });
    await page.getByText('Sampling', { exact: true }).click();
    await expect(composer.getByText('Text guidance')).toBeVisible();
    await expect(composer.getByText('Token guidance')).toHaveCount(0);
    await studio.generate(darClasses[2]);
    await expect(studio.frames).toHaveCount(1);
    await expect(composer.getByText('unknown to this pack')).toHaveCount(0);
    // Nothing else can be done with it, so nothing else is offered.
    await expect(composer.getByRole('tab')).toHaveCount(0);
    await studio.explore();
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await expect(page.getByRole('img', { name: /^Without tokens:/ })).toHaveCount(0);
    await expect(page.getByText('All are visible at every t: here t decides how much noise is left')).toBeVisible();
    await expect(page.getByText(/not trained to draw from its coarse tokens alone/)).toBeVisible();
    await page.getByRole('button', { name: 'What the panes show' }).click();
    await expect(page.getByText(/not trained to draw without tokens, so those two panes are left out/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('graphs of a small pack are opened ahead, given back at a click and opened again when they are needed', async ({
  page,
}) => {
  await withOnlyPack(page, { write: writeSelftokPack, computes: true }, async (studio) => {
    const chip = (state: string) => page.getByRole('button', { name: `Engine: ${state}` });
    const open = page.locator('dt', { hasText: 'Open' }).locator('xpath=following-sibling::dd[1]');
    await chip('CPU').click();
    await expect(open).toHaveText('decoder, VAE decoder, renderer, encoder, VAE encoder');
    await page.keyboard.press('Escape');
    const picture = (shift: number) =>
      encodePng({
        width: 96,
        height: 64,
        data: new Uint8Array(4 * 96 * 64).map((_, at) => (at % 4 === 3 ? 255 : (at * 7919 + shift) % 256)),
      });
    await studio.drop(picture(0), 'photograph.png');
    await studio.explore();
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await chip('CPU').click();
    await page.getByRole('button', { name: 'Unload now' }).click();
    await expect(chip('Resting')).toBeVisible();
    await expect(open).toHaveText('none');
    await page.keyboard.press('Escape');
    await page
      .getByRole('radio', { name: 'Create' })
      .or(page.getByRole('tab', { name: 'Create' }))
      .first()
      .click();
    await studio.drop(picture(90), 'another.png');
    await studio.explore();
    await expect(chip('CPU')).toBeVisible();
    await chip('CPU').click();
    await expect(open).toHaveText(/encoder/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('like Selftok: a photograph is explored, with as many positions as the pack allows', async ({ page }) => {
  await withOnlyPack(page, { write: writeSelftokPack, computes: true }, async (studio) => {
    await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();
    await expect(page.getByText('This pack cannot draw from text. Drop or paste a picture')).toBeVisible();
    const data = new Uint8Array(4 * 96 * 64).map((_, at) => (at % 4 === 3 ? 255 : (at * 7919) % 256));
    await studio.drop(encodePng({ width: 96, height: 64, data }), 'photograph.png');
    await expect(studio.frames).toHaveCount(1);
    await studio.explore();
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await expect(page.getByRole('img', { name: /^Without tokens:/ })).toBeVisible();
    await expect(page.getByText(/not trained to draw from its coarse tokens alone/)).toBeVisible();
    await studio.slider.focus();
    await page.keyboard.press('Home');
    await expect(studio.slider).toHaveAttribute('aria-valuetext', /32 of 32 tokens in use/);
    // Rounded down, plus one: at t = 0 the finest token is still in use.
    await page.keyboard.press('End');
    await expect(studio.slider).toHaveAttribute('aria-valuetext', /\b1 of 32 tokens in use/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('D-AR’s own shapes: 256 pixels, 256 tokens, and a class found among a thousand', async ({ page }) => {
  test.setTimeout(240_000);
  await withOnlyPack(page, { write: writeWholeDarPack, computes: true }, async (studio) => {
    await studio.waitUntilReady();
    const composer = page.getByRole('region', { name: 'Composer' });
    const search = composer.getByRole('searchbox', { name: 'Search the classes' });
    const found = composer.getByRole('list', { name: 'Classes found' }).getByRole('button');
    await expect(composer.getByText('1,000 classes, the first 60 shown')).toBeVisible();
    await search.fill('SHARK');
    await expect(found).toHaveText(['great white shark', 'tiger shark']);
    await expect(composer.getByText('2 of 1,000 classes')).toBeVisible();
    await search.press('Enter');
    await expect(studio.prompt).toHaveValue('great white shark');
    await expect(found.first()).toHaveAttribute('aria-pressed', 'true');
    await studio.prompt.fill('great shark');
    await expect(composer.getByText('No class is called “great shark”: the pack would draw any.')).toBeVisible();
    await found.nth(1).click();
    await expect(composer.getByText(/No class is called/)).toHaveCount(0);
    await studio.generate('tiger shark');
    await expect(studio.frames).toHaveCount(1);
    await studio.explore();
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await expect(page.getByText(/not trained to draw from its coarse tokens alone/)).toBeVisible();
    await keepPicture(page, 'dar-256');
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

for (const side of [256, 512]) {
  test(`Selftok’s own shapes: a photograph of ${side} pixels, 512 tokens, 17 positions`, async ({ page }) => {
    test.setTimeout(240_000);
    const write = (directory: string): string => writeWholeSelftokPack(directory, side);
    await withOnlyPack(page, { write, computes: true }, async (studio) => {
      await expect(page.getByRole('button', { name: 'Engine: CPU' })).toBeVisible();
      await studio.drop(encodePng({ width: side, height: side, data: photograph(side) }), 'photograph.png');
      await expect(studio.frames).toHaveCount(1);
      await studio.explore();
      const strip = page.getByRole('img', { name: /^With tokens:/ });
      await expect(strip).toBeVisible({ timeout: 60_000 });
      // As many as the pack allows, each as soon as it is there; then nothing is under way any more.
      await expect(page.getByRole('progressbar', { name: 'Positions computed' })).toHaveCount(0, { timeout: 120_000 });
      await studio.slider.focus();
      await page.keyboard.press('Home');
      await expect(studio.slider).toHaveAttribute('aria-valuetext', /512 of 512 tokens in use/);
      await keepPicture(page, `selftok-${side}`);
      await expect(page.getByRole('alert')).toHaveCount(0);
    });
  });
}

/** Hills under a sky with a sun: large shapes, gradients and some grain. */
function photograph(side: number): Uint8Array {
  const data = new Uint8Array(4 * side * side).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [u, v] = [x / side, y / side];
      const isHill = v > 0.62 + 0.08 * Math.sin(7 * u) + 0.04 * Math.sin(19 * u);
      const isSun = (u - 0.7) ** 2 + (v - 0.28) ** 2 < 0.012;
      const grain = 12 * Math.sin(x * 12.9898 + y * 78.233);
      const colour = isHill ? [70, 120 - 60 * v, 50] : isSun ? [255, 225, 150] : [110 + 90 * v, 150 + 60 * v, 220];
      colour.forEach(
        (value, channel) => (data[4 * (y * side + x) + channel] = Math.max(0, Math.min(255, value + grain))),
      );
    }
  }
  return data;
}

/** `DDT_STUDIO_PICTURES=folder`: what the window looked like, to be looked at. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['DDT_STUDIO_PICTURES'];
  if (folder === undefined) return;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
