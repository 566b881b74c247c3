import { expect, test } from './studio.js';

test('Explore: tokens show where they matter, branch at t, are swapped and blended', async ({ studio }) => {
  const { page, frames, slider } = studio;
  test.slow();
  await studio.waitUntilReady();
  // At the centre, where a place is asked about: of a plain ground one token may have made nearly all.
  await studio.generate('a large red circle in the centre');
  await page
    .getByRole('radio', { name: 'Explore' })
    .or(page.getByRole('tab', { name: 'Explore' }))
    .first()
    .click();
  const strip = page.getByRole('listbox', { name: 'Tokens, coarse to fine' });
  const cells = strip.getByRole('option');
  /** Thin cells say their codes in their names only. */
  const codeOf = (name: string) => /code \d+/.exec(name)![0];
  const shownCodes = async () =>
    (await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')!))).map(codeOf);
  const trial = page.getByRole('button', { name: 'Keep as frame' });

  await test.step('which tokens show where, and which made a place', async () => {
    await cells.nth(1).click();
    await cells.nth(4).click({ modifiers: ['Shift'] });
    await expect(strip.getByRole('option', { selected: true })).toHaveCount(4);
    await page.keyboard.press('Shift+ArrowRight');
    await expect(strip.getByRole('option', { selected: true })).toHaveCount(5);
    // Measured once every picture is there.
    await expect(page.getByText('What changes in the picture without each of them')).toBeVisible({ timeout: 120_000 });
    const place = page.getByRole('button', { name: /^Which tokens made this place/ });
    await place.focus();
    await page.keyboard.press('ArrowDown');
    // Measuring goes on meanwhile: ranges are split, joined and put in another order, but the choice stays.
    const found = (pressed: boolean) =>
      page.getByRole('button', { name: /of the change here: show where$/, pressed }).first();
    const chosen = () => strip.getByRole('option', { selected: true }).first().getAttribute('aria-label');
    const before = await chosen();
    await found(false).click();
    await expect.poll(chosen).not.toBe(before);
    await expect(found(true)).toBeVisible();
  });

  await test.step('a branch keeps its coarse and its locked tokens', async () => {
    await page.getByRole('tab', { name: 'Branch' }).click();
    await cells.last().click();
    await page.keyboard.press('l');
    await expect(cells.last()).toHaveAccessibleName(/, locked/);
    await slider.focus();
    for (let presses = 0; presses < 6; presses++) await page.keyboard.press('ArrowRight');
    const codes = await shownCodes();
    const keptCoarse = await strip.getByRole('option', { name: /hidden/ }).count();
    const variations = page.getByRole('textbox', { name: 'Variations of the branch' });
    await variations.fill('2');
    await variations.press('Enter');
    await page.getByRole('button', { name: /^Rewrite \d+ tokens$/ }).click();
    const candidates = page.getByRole('listbox', { name: 'Candidates' });
    await expect(candidates.getByRole('option')).toHaveCount(2, { timeout: 90_000 });
    await candidates.press('Enter');
    await expect(frames).toHaveCount(2);
    await expect(page.getByText('Made from')).toBeVisible();
    const branched = await shownCodes();
    expect(branched.slice(0, keptCoarse)).toEqual(codes.slice(0, keptCoarse));
    expect(branched.at(-1)).toBe(codes.at(-1));
  });

  await test.step('a swapped token decodes at once and is reverted', async () => {
    await page.getByRole('tab', { name: 'Look' }).click();
    await cells.nth(20).click();
    const before = (await shownCodes())[20]!;
    await page
      .getByRole('button', { name: /^Try code/, pressed: false })
      .first()
      .click();
    await expect(cells.nth(20)).toHaveAccessibleName(/, on trial/);
    await expect(trial).toBeEnabled();
    await page.getByRole('button', { name: 'Revert' }).click();
    await expect(cells.nth(20)).toHaveAccessibleName(new RegExp(`${before}$`));
  });

  await test.step('a blend becomes a frame with two parents, and undo takes it back', async () => {
    await page.getByRole('tab', { name: 'Blend' }).click();
    await page
      .getByRole('button', { name: /^Take tokens from/ })
      .first()
      .click();
    await expect(page.getByText(/\d+ of \d+ differ/)).toBeVisible();
    await expect(trial).toBeEnabled();
    await trial.click();
    await expect(frames).toHaveCount(3);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(frames).toHaveCount(2);
  });
});
