/** The promise at a glance: the film of a new picture, the matrix of its tokens, and both lighting up together. */
import { tokenName } from '../../src/renderer/timeline/timeline-words.js';
import { expect, test, tokenCount } from './studio.js';

test('which tokens restore which attributes: film, matrix, brushing, like with like', async ({ studio }) => {
  const { page, slider } = studio;
  test.slow();
  await studio.waitUntilReady();
  const film = page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' });
  const pictures = film.getByRole('button');
  const large = film.getByRole('status');

  await test.step('a film that is ready behind a dialog does not play over it', async () => {
    await studio.prompt.fill('a green star');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Command palette' });
    await expect(palette).toBeVisible();
    const last = page.locator('.film button.picture').last();
    await expect(last).toBeEnabled({ timeout: 60_000 });
    await expect(page.getByText('This is how the tokens build your picture.')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();
    await studio.board.press('Control+z');
    await expect(studio.frames).toHaveCount(0);
  });

  await test.step('the first picture plays its film once, by itself', async () => {
    await studio.generate('a red circle on a blue background');
    await expect(large).toContainText('This is how the tokens build your picture.', { timeout: 60_000 });
    await expect(large).toBeHidden();
    await expect(pictures).toHaveCount(8);
    await expect(pictures.first()).toHaveAccessibleName('Pure noise, no token yet');
    await expect(pictures.last()).toHaveAccessibleName(new RegExp(`^All ${tokenCount} tokens`));
  });

  await test.step('what is read more stands in the names of the pictures', async () => {
    const names = await pictures.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    expect(names.join(' ')).toMatch(/\+ .*ground/);
  });

  await test.step('a picture that is only shown keeps no key from the board', async () => {
    await pictures.nth(3).hover();
    await expect(large).toBeVisible();
    await studio.board.press('Escape');
    await expect(film).toBeHidden();
    await studio.board.press('Control+a');
    await expect(pictures).toHaveCount(8);
  });

  await test.step('pointing shows a picture large, a click goes to its t and picks its tokens', async () => {
    await page.getByRole('radio', { name: 'Explore' }).click();
    await expect(page.getByRole('progressbar', { name: 'Positions computed' })).toBeHidden({ timeout: 90_000 });
    await expect(slider).toHaveAttribute('aria-valuetext', /^at t [01]\.\d\d/);
    await expect(slider).not.toHaveAttribute('aria-valuetext', /^at t 0\.00/);
    await pictures.nth(3).hover();
    await expect(large).toContainText('The 4 coarsest tokens');
    await pictures.nth(3).click();
    await expect(slider).toHaveAttribute(
      'aria-valuetext',
      new RegExp(`${tokenCount - 4} of ${tokenCount} tokens in use`),
    );
    const strip = page.getByRole('listbox', { name: 'Tokens, coarse to fine' });
    await expect(strip.getByRole('option', { selected: true })).toHaveCount(2);
    await page.getByRole('group', { name: 'Playback' }).hover();
    await expect(large).toBeHidden();
    await page.getByRole('button', { name: 'Pick no token' }).click();
  });

  const matrix = page.getByRole('grid', { name: 'Share of each attribute lost without each token' });
  await test.step('the matrix says what is lost without a token, and a cell shows the picture without it', async () => {
    await page.getByRole('radio', { name: 'Attributes' }).click();
    await expect(matrix.getByRole('row')).toHaveCount(5);
    const cells = matrix.getByRole('gridcell', { name: /of the texture lost without it$/ });
    await expect(cells).toHaveCount(tokenCount, { timeout: 90_000 });
    const rows = page.getByRole('group', { name: 'What each token carries' });
    await expect(rows.getByText(/^((most )?V.* · \d+ %|spread over all|no one alone)$/)).toHaveCount(5);
    const box = (await matrix.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await expect(page.getByRole('img', { name: /^Without V/ })).toBeVisible();
    await expect(page.getByRole('img', { name: /^What V.* added:/ })).toBeVisible();
    await expect(rows.getByText(/^−\d+ %$/)).toHaveCount(5);
    // The token in the strip, and its heat on the picture.
    await expect(page.getByRole('listbox', { name: 'Tokens, coarse to fine' }).locator('.picked')).toHaveCount(1);
    const heat = page.locator('canvas:has(+ [aria-label^="Which tokens made this place"])');
    await expect(heat).toBeVisible();
    await page.getByRole('group', { name: 'Playback' }).hover();
    await expect(page.getByRole('img', { name: /^Without tokens:/ })).toBeVisible();
  });

  await test.step('the name of a row brackets the tokens in which its attribute lives', async () => {
    const rows = page.getByRole('group', { name: 'What each token carries' });
    const picked = page
      .getByRole('listbox', { name: 'Tokens, coarse to fine' })
      .getByRole('option', { selected: true });
    const ends = await rows.getByText(/^((most )?V.* · \d+ %|spread over all|no one alone)$/).allInnerTexts();
    expect(ends).toHaveLength(5);
    for (const [at, name] of ['Background', 'Layout', 'Colour', 'Shape', 'Texture'].entries()) {
      await rows.getByRole('button', { name }).click();
      const run = /^(?:most )?(V[₀-₉]+)(?:…(V[₀-₉]+))? ·/.exec(ends[at]!.trim());
      if (run === null) await expect(picked, `${name}: ${ends[at]}`).toHaveCount(0);
      else {
        await expect(picked.first()).toHaveAccessibleName(new RegExp(`^${run[2] ?? run[1]},`));
        await expect(picked.last()).toHaveAccessibleName(new RegExp(`^${run[1]},`));
      }
    }
    await page.getByRole('group', { name: 'Playback' }).hover();
  });

  await test.step('every token is in sight, and the matrix has its column under its cell', async () => {
    const strip = page.getByRole('listbox', { name: 'Tokens, coarse to fine' });
    await expect(strip.getByRole('option')).toHaveCount(tokenCount);
    for (const index of [tokenCount - 1, Math.floor(tokenCount * 0.7), Math.floor(tokenCount / 3), 0]) {
      const [cell, column] = [
        await strip.getByRole('option', { name: new RegExp(`^${tokenName(index)},`) }).boundingBox(),
        await matrix
          .getByRole('gridcell', { name: new RegExp(`^${tokenName(index)}: .* of the layout`) })
          .boundingBox(),
      ];
      expect(Math.abs(cell!.x - column!.x), tokenName(index)).toBeLessThanOrEqual(1);
      expect(Math.abs(cell!.x + cell!.width - column!.x - column!.width), tokenName(index)).toBeLessThanOrEqual(1);
    }
  });

  await test.step('it is worked by keys', async () => {
    await matrix.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const second = page.getByLabel(new RegExp(`^${tokenName(tokenCount - 2)},`));
    await expect(page.getByRole('option', { selected: true }).and(second)).toHaveCount(1);
  });

  await test.step('pointing at the picture lights the tokens that made the place', async () => {
    const place = page.getByRole('button', { name: /^Which tokens made this place/ });
    await place.hover();
    await expect(page.getByRole('heading', { name: /^At the/ })).toBeVisible();
    await page.getByRole('group', { name: 'Playback' }).hover();
  });

  await test.step('curves stay one click away, and say no contradiction', async () => {
    await page.getByRole('radio', { name: 'Curves' }).click();
    await expect(page.getByText(/lock in/)).toHaveCount(0);
    await expect(page.getByText(/from t \d\.\d\d to clean|just above t 0|at most|falls to/)).toHaveCount(5);
  });

  await test.step('a swapped token stands beside its own tokens, with the same seed and steps', async () => {
    // Near the coarse end, which the strip shows however many tokens there are.
    await page.getByRole('option', { name: new RegExp(`^${tokenName(tokenCount - 8)},`) }).click();
    await page
      .getByRole('button', { name: /^Try code/, pressed: false })
      .first()
      .click();
    const both = [/^Its own tokens: .*seed 1, \d+ steps?/, /^On trial: .*seed 1, \d+ steps?/];
    for (const name of both) await expect(page.getByRole('img', { name })).toBeVisible();
    await expect(page.getByRole('img', { name: 'Its own tokens', exact: true })).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Revert' }).click();
  });

  await test.step('t is not left at 0 for the next picture, and no film plays by itself again', async () => {
    await slider.focus();
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuetext', /^at t 0\.00/);
    await page.getByRole('radio', { name: 'Create' }).click();
    await studio.generate('a green star');
    await expect(slider).not.toHaveAttribute('aria-valuetext', /^at t 0\.00/);
    await expect(pictures.last()).toBeEnabled({ timeout: 60_000 });
    await expect(large).toBeHidden();
  });
});
