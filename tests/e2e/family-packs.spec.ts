/** The window with packs of the shapes of public models, small and of random weights, in the real engine. */
import { encodePng } from '../../src/main/storage/images/images.js';
import { darClasses, writeDarPack, writeSelftokPack } from '../fakes/family-packs.js';
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
