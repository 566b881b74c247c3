/** Explore on packs unlike the shipped one, through the real host with an engine that computes nothing. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { fakeManifest } from '../fakes/engine-parts.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { writeFakePack, type ManifestChange } from '../fakes/fake-pack.js';
import { withOnlyPack } from './only-pack.js';
import { expect, test, type StudioWindow } from './studio.js';

const root = join(import.meta.dirname, '..', '..');

/** A pack that only encodes and decodes: what is undefined vanishes in the file. */
const onlyPictures = {
  languageModel: undefined,
  tokenizer: undefined,
  graphs: { encoder: 'encoder.onnx', decoder: 'decoder.onnx' },
};

/** The shipped pack as it would be without its probe. */
function writeUnprobedPack(directory: string): void {
  cpSync(join(root, 'resources', 'packs', 'scenes-128'), directory, { recursive: true });
  const file = join(directory, 'pack.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as PackManifest;
  delete manifest.graphs.probe;
  delete manifest.attributes;
  writeFileSync(file, JSON.stringify({ ...manifest, name: 'odd' }));
}

/**
 * Opens a window on a studio whose only pack is this one; an image is imported and selected, Explore is open. Without a
 * change it is the shipped pack less its probe, in the real engine.
 */
async function withPack(page: Page, change: ManifestChange | null, check: (studio: StudioWindow) => Promise<void>) {
  const write = (directory: string) =>
    change === null ? writeUnprobedPack(directory) : writeFakePack(directory, { name: 'odd', ...change });
  await withOnlyPack(page, { write, computes: change === null }, async (studio) => {
    await expect(page.getByText('odd').first()).toBeVisible();
    const data = new Uint8Array(4 * 24 * 8).fill(120);
    await studio.drop(encodePng({ width: 24, height: 8, data }), 'wide.png');
    await expect(studio.frames).toHaveCount(1);
    await studio.explore();
    await check(studio);
  });
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

test.skip(({ driver }) => driver !== 'web', 'The engine is replaced, which only the localhost host offers.');

test('512 tokens: the strip draws a window of them, and every one can be reached and picked', async ({ page }) => {
  const tokens = {
    ...fakeManifest().tokens,
    count: 512,
    codebookSize: 32_768,
    schedule: { kind: 'power' as const, exponent: 2 },
  };
  await withPack(page, { ...onlyPictures, tokens }, async ({ slider }) => {
    const strip = page.getByRole('listbox', { name: 'Tokens, coarse to fine' });
    const cells = strip.getByRole('option');
    await expect(cells.first()).toBeVisible();
    expect(await cells.count()).toBeLessThan(160);
    await slider.focus();
    await page.keyboard.press('Home');
    await expect(slider).toHaveAttribute('aria-valuetext', /512 of 512 tokens in use/);
    await expect(strip.getByRole('option', { name: /^V₅₁₂,/ })).toBeInViewport();
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuetext', /\b0 of 512 tokens in use/);
    const finest = strip.getByRole('option', { name: /^V₁,/ });
    await expect(finest).toBeInViewport();
    await finest.click();
    await page.keyboard.press('Shift+Home');
    await expect(page.getByText('512 tokens', { exact: true })).toBeVisible();
    expect(await cells.count()).toBeLessThan(160);
    await expect(strip.getByRole('option', { name: /^V₅₁₂,/ })).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(strip.getByRole('option', { name: /^V₅₁₁,/ })).toBeFocused();

    // What stands under the strip goes along: a group of tokens under the cells of its tokens, at both ends.
    await page.getByRole('radio', { name: 'Attributes' }).click();
    const matrix = page.getByRole('grid', { name: 'Share of each attribute lost without each token' });
    const underneath = async (token: RegExp, group: RegExp, edge: (box: Box) => number) => {
      await expect
        .poll(async () => {
          const cell = await strip.getByRole('option', { name: token }).boundingBox();
          const column = await matrix.getByRole('gridcell', { name: group }).first().boundingBox();
          return cell === null || column === null ? Infinity : Math.abs(edge(cell) - edge(column));
        })
        .toBeLessThanOrEqual(1);
    };
    await underneath(/^V₅₁₂,/, /^V₅₀₇…V₅₁₂: /, ({ x }) => x);
    await matrix.focus();
    await page.keyboard.press('End');
    await underneath(/^V₁,/, /^V₁…V₅: /, ({ x, width }) => x + width);
    await expect(finest).toBeInViewport();
  });
});

test('a pack without language model, probe and training for missing tokens says what it cannot do', async ({
  page,
}) => {
  const tokens = { ...fakeManifest().tokens, keepFromTrained: false };
  await withPack(page, { ...onlyPictures, tokens }, async () => {
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await expect(page.getByText(/no probe and no language model that describes pictures/)).toBeVisible();
    await expect(page.getByText(/not trained to draw from its coarse tokens alone/)).toBeVisible();
    await page.getByRole('radio', { name: 'Attributes' }).click();
    await expect(page.getByText(/not trained with single tokens missing/)).toBeVisible();
    await page.getByRole('tab', { name: 'Branch' }).click();
    await expect(page.getByText(/no language model that writes pictures/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Rewrite/ })).toBeDisabled();
    await page.getByRole('tab', { name: 'Blend' }).click();
    await expect(page.getByText(/needs a second frame/)).toBeVisible();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await expect(page.getByText(/no second frame to compare with/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('spatial tokens: every one is visible at every t, each says its cell, and t still moves by keys', async ({
  page,
}) => {
  const tokens = {
    ...fakeManifest().tokens,
    keepFromTrained: false,
    schedule: { kind: 'raster' as const, columns: 4, rows: 2 },
  };
  await withPack(page, { ...onlyPictures, tokens }, async ({ slider }) => {
    await expect(page.getByText(/One for each cell of a raster of 4\s×\s2\. All are visible at every t/)).toBeVisible();
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect(slider).toHaveAttribute('aria-valuetext', /^at t 0\.88, 8 of 8 tokens in use/);
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuetext', /^at t 0\.00, 8 of 8 tokens in use/);
    await page.getByRole('option', { name: /^V₇,/ }).hover();
    await expect(page.getByText('A spatial token: row 2, column 3. Visible at every t.')).toBeVisible();
  });
});

test('a pack whose language model describes pictures, but that has no probe, reads them all the same', async ({
  page,
}) => {
  test.slow();
  await withPack(page, null, async ({ slider }) => {
    const reading = page.getByRole('region', { name: 'What the model reads with tokens' });
    await expect(reading.getByRole('heading', { name: 'Language model' })).toBeVisible();
    const spokenCaption = /; the language model reads: \w.*, \d+ % sure$/;
    await expect(slider).toHaveAttribute('aria-valuetext', spokenCaption, { timeout: 120_000 });
    const spoken = await slider.getAttribute('aria-valuetext');
    const [, first] = /the language model reads: (\w+) /.exec(spoken!)!;
    await expect(reading).toContainText(first!);
    await expect(page.getByRole('progressbar', { name: 'Positions described' })).toBeHidden({ timeout: 120_000 });
    await slider.focus();
    await page.keyboard.press('Home');
    await expect(slider).toHaveAttribute('aria-valuetext', /^at t 1\.00.*the language model reads: /);
  });
});

test('where a pack has both, the probe reads until the language model is chosen, and that choice is kept', async ({
  page,
}) => {
  const graphs = { encoder: 'encoder.onnx', decoder: 'decoder.onnx', lm: 'lm.onnx', probe: 'probe.onnx' };
  await withPack(page, { graphs }, async ({ slider, frames }) => {
    await expect(slider).toHaveAttribute(
      'aria-valuetext',
      /; the probe reads: plain background, teal 75 %; no object$/,
    );
    const reader = page.getByRole('radiogroup', { name: 'Who reads the picture with tokens' });
    await reader.getByRole('radio', { name: 'Probe' }).press('ArrowRight');
    await expect(slider).toHaveAttribute('aria-valuetext', /; the language model reads: a fake, 50 % sure$/);
    const reading = page.getByRole('region', { name: 'What the model reads with tokens' });
    await expect(reading).not.toContainText('teal');
    await expect(reading).toContainText('50 %');
    await page.reload();
    await frames.first().evaluate((option: HTMLElement) => option.click());
    await page.getByRole('radio', { name: 'Explore' }).click();
    await expect(page.getByRole('radio', { name: 'Language model' })).toBeChecked();
  });
});
