/** Editing: a mask is painted, an edit keeps to it, candidates are chosen, compared and accepted, a region is asked about. */
import type { Page } from '@playwright/test';
import { expect, test } from './studio.js';

/** RGBA bytes of a stored picture, as the window gets it. */
function pixels(page: Page, address: string): Promise<number[]> {
  return page.evaluate(async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob(), { colorSpaceConversion: 'none' });
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
  }, address);
}

test('a masked edit from the brush to the accepted child', async ({ studio }) => {
  // Five jobs of the engine, one after the other.
  test.slow();
  const { page, frames, board } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  await expect(frames.first()).toHaveAttribute('aria-selected', 'true');
  const candidates = page.getByRole('listbox', { name: 'Candidates' });
  const composer = page.getByRole('region', { name: 'Composer' });
  const bar = page.getByRole('toolbar', { name: 'Mask' });
  const undo = page.getByRole('button', { name: 'Undo' });

  await test.step('strokes make a mask, and undo takes them back one by one', async () => {
    await board.focus();
    await page.keyboard.press('b');
    await expect(page.getByRole('button', { name: 'Mask brush' })).toHaveAttribute('aria-pressed', 'true');
    const box = (await board.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const invert = bar.getByRole('button', { name: 'Invert the mask' });
    await expect(invert).toBeDisabled();
    for (const dx of [-30, 30]) {
      await page.mouse.move(x + dx, y);
      await page.mouse.down();
      await page.mouse.move(x + dx, y - 20, { steps: 4 });
      await page.mouse.up();
    }
    await expect(invert).toBeEnabled();
    await undo.click();
    await expect(invert).toBeEnabled();
    await undo.click();
    await expect(invert).toBeDisabled();
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect(invert).toBeEnabled();
  });

  await test.step('the mask is softened, hidden and shown again', async () => {
    await bar.getByRole('slider', { name: 'Feather' }).fill('2');
    await expect(undo).toBeEnabled();
    await board.focus();
    await page.keyboard.press('m');
    await expect(bar.getByRole('button', { name: 'Show the mask' })).toBeVisible();
    await page.keyboard.press('m');
    await expect(bar.getByRole('button', { name: 'Hide the mask' })).toBeVisible();
  });

  let original = '';
  await test.step('an edit under it offers candidates and says what changed', async () => {
    await composer.getByRole('tab', { name: 'Edit' }).click();
    await expect(composer.getByRole('checkbox', { name: 'Change only what the mask covers' })).toBeChecked();
    await composer.getByRole('textbox', { name: 'Instruction' }).fill('make the circle blue');
    const variations = composer.getByRole('textbox', { name: 'Variations' });
    await variations.fill('2');
    await variations.press('Enter');
    await composer.getByRole('button', { name: /^Edit\b/ }).click();
    await expect(candidates.getByRole('option')).toHaveCount(2, { timeout: 90_000 });
    await expect(frames).toHaveCount(1);
    await expect(page.getByRole('group', { name: 'Self-check' })).toContainText('Outside the mask not a pixel changed');
    const inspector = page.getByRole('region', { name: 'Inspector' });
    original = (await inspector.getByRole('img').first().getAttribute('src'))!;
  });

  await test.step('the candidate is compared with the original in four ways', async () => {
    await candidates.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('c');
    const compare = page.getByRole('dialog', { name: 'Compare' });
    await expect(compare).toBeVisible();
    await compare.getByRole('radio', { name: 'Difference' }).click();
    await expect(compare.getByText(/of the pixels differ|identical/)).toBeVisible();
    for (const [key, name] of [
      ['1', 'Slider'],
      ['2', 'Side by side'],
      ['3', 'Flicker'],
    ] as const) {
      await page.keyboard.press(key);
      await expect(compare.getByRole('radio', { name })).toHaveAttribute('aria-checked', 'true');
    }
    const fit = compare.getByRole('button', { name: 'Fit' });
    await expect(fit).toBeDisabled();
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowDown');
    await fit.click();
    await expect(fit).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(compare).toBeHidden();
  });

  await test.step('accepting makes a child whose pixels outside the mask are the parent’s', async () => {
    await candidates.focus();
    await page.keyboard.press('Enter');
    await expect(frames).toHaveCount(2);
    await expect(candidates).toBeHidden();
    await expect(page.getByText('Made from')).toBeVisible();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await expect(inspector.getByText('Self-check')).toBeVisible();
    const child = (await inspector.getByRole('img').first().getAttribute('src'))!;
    expect(child).not.toBe(original);
    const [before, after] = [await pixels(page, original), await pixels(page, child)];
    expect(after).toHaveLength(before.length);
    const side = Math.sqrt(before.length / 4);
    // The stroke went through the middle; the corners are far from it.
    const corner = (data: number[]) =>
      data.filter((_, at) => (at >> 2) % side < side / 6 || at >> 2 < (side * side) / 6);
    expect(corner(after)).toEqual(corner(before));
    expect(after).not.toEqual(before);
  });

  await test.step('a question about the masked part is kept with the frame', async () => {
    await frames.first().evaluate((option: HTMLElement) => option.click());
    await composer.getByRole('tab', { name: 'Ask' }).click();
    await expect(composer.getByRole('checkbox', { name: 'Ask only about the masked part' })).toBeChecked();
    await composer.getByRole('textbox', { name: 'Question' }).fill('what colour is the circle?');
    await composer.getByRole('button', { name: /^Ask\b/ }).click();
    await expect(page.getByText(/^in \d+ × \d+ px at \d+, \d+$/)).toBeVisible({ timeout: 60_000 });
    // Below all else that is told of the frame, but not out of sight.
    const answers = page.locator('dl').filter({ hasText: 'what colour is the circle?' });
    await expect(answers.getByRole('definition').last()).toBeInViewport();
  });

  await test.step('Escape discards the candidates of a variation and leaves the board as it was', async () => {
    await composer.getByRole('tab', { name: 'Generate' }).click();
    await board.focus();
    await page.keyboard.press('Shift+V');
    await expect(candidates.getByRole('option').nth(1)).toBeVisible({ timeout: 120_000 });
    await candidates.focus();
    await page.keyboard.press('Escape');
    await expect(candidates).toBeHidden();
    await expect(frames).toHaveCount(2);
  });
});
