import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import { tokenName } from '../../src/renderer/timeline/timeline-words.js';
import { expectNoFindings } from './accessibility-findings.js';
import { endHost, expect, startHost, StudioWindow, test, tokenCount } from './studio.js';

async function explore(page: Page): Promise<void> {
  await page
    .getByRole('radio', { name: 'Explore' })
    .or(page.getByRole('tab', { name: 'Explore' }))
    .first()
    .click();
}

/** A gradient, so that there is something to restore. */
function gradient(width: number, height: number): Uint8Array {
  const data = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set([(255 * (pixel % width)) / width, (255 * Math.floor(pixel / width)) / height, 90, 255], 4 * pixel);
  }
  return encodePng({ width, height, data });
}

test('Explore: the animation, and the presentation', async ({ studio }) => {
  const { page, frames, slider } = studio;
  test.slow();
  await studio.waitUntilReady();
  await studio.drop(gradient(96, 64), 'wide.png');
  await expect(frames).toHaveCount(1);
  await explore(page);
  await expect(page.getByRole('progressbar', { name: 'Positions computed' })).toBeHidden({ timeout: 120_000 });

  await test.step('the animation is an animated GIF', async () => {
    await expect(page.getByRole('button', { name: 'Export the timeline' })).toBeEnabled();
    await page.getByRole('button', { name: 'Export the timeline' }).click();
    const { fileName, bytes } = await studio.saved(() =>
      page.getByRole('button', { name: /^Animation as GIF/ }).click(),
    );
    expect(fileName).toBe('wide - film.gif');
    expect(bytes.subarray(0, 6).toString('latin1')).toBe('GIF89a');
    expect(bytes.includes('NETSCAPE2.0')).toBe(true);
  });

  await test.step('of a picture of another shape it says what the model sees', async () => {
    await expect(page.getByText('The model sees the middle 64 × 64 of 96 × 64 pixels.')).toBeVisible();
  });

  await test.step('in a narrow, low window everything stays within reach', async () => {
    await page.setViewportSize({ width: 1100, height: 700 });
    await expect(page.getByRole('button', { name: 'Analyses' })).toBeInViewport();
    await expect(page.getByRole('button', { name: 'What the panes show' })).toBeInViewport();
    await page.getByRole('combobox', { name: 'Under the tokens' }).selectOption('Along t');
    await expect(page.getByRole('group', { name: 'How much of each attribute is restored' })).toBeHidden();
    await page.getByRole('tab', { name: 'Branch' }).click();
    await expect(page.getByRole('button', { name: /^Rewrite|^Nothing to rewrite/ })).toBeInViewport();
    await page.getByRole('tab', { name: 'Look' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('radio', { name: 'Curves' }).click();
  });

  await test.step('the presentation is worked by keyboard alone', async () => {
    await page.getByRole('button', { name: 'Present, full screen' }).press('Enter');
    const presentation = page.getByRole('dialog', { name: 'Presentation of the timeline' });
    await expect(presentation.getByRole('slider')).toBeFocused();
    // It opens on what the promise is about: the film, and the matrix under it.
    await expect(presentation.getByRole('toolbar', { name: 'Build-up, from noise to the picture' })).toBeVisible();
    const matrix = presentation.getByRole('grid', { name: 'Share of each attribute lost without each token' });
    await expect(matrix).toBeVisible();
    await page.keyboard.press('Home');
    await expect(presentation.getByText(`of ${tokenCount} tokens in use`)).toContainText(String(tokenCount));
    await page.keyboard.press('ArrowRight');
    await expect(presentation.getByRole('slider')).toHaveAttribute(
      'aria-valuetext',
      new RegExp(`^at t 0\\.\\d\\d, ${tokenCount - 1} of ${tokenCount} tokens in use; .*colour restored \\d+ %`),
    );
    await page.keyboard.press('Escape');
    await expect(presentation).toBeHidden();
    await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(`${tokenCount - 1} of ${tokenCount}`));
  });
});

test('Explore: an edit beside what it was made from, and the counterfactual sheet of both', async ({ studio }) => {
  const { page, frames } = studio;
  test.slow();
  await studio.waitUntilReady();
  await studio.drop(gradient(96, 64), 'wide.png');
  await expect(frames).toHaveCount(1);
  await explore(page);

  await test.step('an edit is compared with what it was made from, in tokens and in pixels', async () => {
    await page.getByRole('button', { name: 'Decode from here' }).click();
    await page.getByRole('button', { name: 'Decode', exact: true }).click();
    await expect(frames).toHaveCount(2, { timeout: 90_000 });
    await page.getByRole('tab', { name: 'Compare' }).click();
    await expect(page.getByText(/“wide”, its parent/)).toBeVisible();
    await expect(page.getByText(/differ visibly/)).toBeVisible();
    await page.getByRole('tabpanel', { name: 'Compare' }).getByRole('button', { name: 'Read into tokens' }).click();
    await expect(page.getByText(new RegExp(`of ${tokenCount} differ`))).toBeVisible();
  });

  await test.step('a step of the counterfactual sheet becomes a frame with two parents', async () => {
    await page.getByRole('tab', { name: 'Blend' }).click();
    await page
      .getByRole('button', { name: /^Take tokens from/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^All 8 steps/ }).click();
    const sheet = page.getByRole('dialog', { name: /^From “/ });
    const step = sheet.getByRole('button', { name: /^the 12 coarsest tokens of “wide”/ });
    await step.click();
    await expect(sheet.getByRole('button', { name: 'Keep as frame' })).toBeEnabled({ timeout: 120_000 });
    await expect(
      sheet.getByText(new RegExp(`^${tokenName(tokenCount - 12)}…${tokenName(tokenCount - 1)}`)),
    ).toBeVisible();
    await expectNoFindings(page, 'the counterfactual sheet');
    await sheet.getByRole('button', { name: 'Keep as frame' }).click();
    await expect(frames).toHaveCount(3);
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
    await frames.last().evaluate((option: HTMLElement) => option.click());
    await expect(page.getByRole('heading', { name: /^Made from/ })).toBeVisible();
    await expect(page.locator('button.parent')).toHaveCount(2);
  });

  await test.step('with nothing selected, the frames are offered', async () => {
    await studio.board.press('Escape');
    await page.getByRole('button', { name: 'Show the timeline of wide', exact: true }).click();
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
  });

  await test.step('a picture of one pixel has a timeline too', async () => {
    await studio.drop(gradient(1, 1), 'pixel.png');
    await expect(frames).toHaveCount(4);
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    await expect(page.getByText(/positions$/)).toBeHidden({ timeout: 120_000 });
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('a folder that cannot keep positions is told once, and the timeline works', async ({ page, driver }) => {
  test.skip(driver !== 'web', 'The same code behind both hosts.');
  test.slow();
  const data = mkdtempSync(join(tmpdir(), 'ddt-e2e-'));
  mkdirSync(join(data, 'cache'));
  writeFileSync(join(data, 'cache', 'timeline'), 'a file where the folder should be');
  const { address, host } = await startHost(data);
  try {
    await page.goto(address);
    const studio: StudioWindow = new StudioWindow(
      page,
      host.pid!,
      async () => studio,
      async () => {},
    );
    await studio.waitUntilReady();
    await studio.drop(gradient(32, 32), 'gradient.png');
    await expect(studio.frames).toHaveCount(1);
    await expect(page.getByText(/are not kept for next time/)).toHaveCount(1);
    await expect(page.getByText(/Nothing is lost/)).toHaveCount(1);
    await expect(page.getByRole('img', { name: /^With tokens:/ })).toBeVisible();
    const before = await studio.panePixels('With tokens');
    await studio.slider.press('End');
    await expect.poll(() => studio.panePixels('With tokens')).not.toBe(before);
    await expect(page.getByText(/are not kept for next time/)).toHaveCount(1);
  } finally {
    await endHost(host);
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
});
