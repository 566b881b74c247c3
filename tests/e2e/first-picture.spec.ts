/** The spine: prompt → tokens → image on the board → timeline → words → undo → reload. */
import { expect, settled, test } from './studio.js';

const prompt = 'a red circle on a blue background';

test('a prompt becomes a frame, the timeline shows it, it can be described, undone and found again', async ({
  studio,
}) => {
  await studio.waitUntilReady();

  await test.step('the frame sharpens while tokens arrive', async () => {
    const watched = await studio.watchBoard();
    await studio.generate(prompt);
    const { boards, cancelOffered } = await watched.seen();
    expect(cancelOffered).toBe(true);
    // The empty board and at least three different stages of the picture.
    expect(boards.length).toBeGreaterThan(3);
  });

  await test.step('the slider moves and the panes follow', async () => {
    await expect(studio.frames.first()).toHaveAttribute('aria-selected', 'true');
    await expect(studio.slider).toBeVisible();
    await expect(studio.page.getByRole('progressbar', { name: 'Positions computed' })).toBeHidden({ timeout: 60_000 });
    await studio.slider.focus();
    await studio.page.keyboard.press('Home');
    await expect(studio.slider).toHaveAttribute('aria-valuenow', '1');
    await settled(() => studio.panePixels('With noise'));
    const noisy = [
      await studio.panePixels('With noise'),
      await studio.panePixels('Without tokens'),
      await studio.panePixels('With tokens'),
    ];
    for (let press = 0; press < 16; press++) await studio.page.keyboard.press('ArrowRight');
    await expect.poll(() => studio.panePixels('With noise')).not.toBe(noisy[0]);
    await expect.poll(() => studio.panePixels('Without tokens')).not.toBe(noisy[1]);
    await expect.poll(() => studio.panePixels('With tokens')).not.toBe(noisy[2]);
    const later = Number(await studio.slider.getAttribute('aria-valuenow'));
    expect(later).toBeLessThan(1);
  });

  await test.step('describe answers in words', async () => {
    const describe = studio.page.getByRole('button', { name: 'Describe', exact: true }).last();
    await describe.click();
    await expect(studio.page.getByRole('button', { name: 'Describe again' })).toBeVisible({ timeout: 60_000 });
    await expect(studio.frames.first()).toHaveAccessibleName(/pixels, .+/);
  });

  await test.step('undo takes back the description, then the frame; redo brings both again', async () => {
    const undo = studio.page.getByRole('button', { name: 'Undo' });
    await undo.click();
    await expect(studio.frames.first()).toHaveAccessibleName(/pixels$/);
    await undo.click();
    await expect(studio.frames).toHaveCount(0);
    const redo = studio.page.getByRole('button', { name: 'Redo' });
    await redo.click();
    await expect(studio.frames).toHaveCount(1);
    await redo.click();
    await expect(studio.frames.first()).toHaveAccessibleName(/pixels, .+/);
  });

  await test.step('a reload shows the same board', async () => {
    const name = await studio.frames.first().getAttribute('aria-label');
    await studio.page.reload();
    await expect(studio.frames).toHaveCount(1);
    expect(await studio.frames.first().getAttribute('aria-label')).toBe(name);
    await expect(studio.page.getByRole('button', { name: 'Undo' })).toBeEnabled();
  });
});

test('cancel is immediate and leaves nothing behind', async ({ studio }) => {
  await studio.waitUntilReady();
  const empty = await studio.boardPixels();
  await studio.startLongJob();
  await expect.poll(() => studio.boardPixels(), { intervals: [20] }).not.toBe(empty);
  await studio.cancelNow();
  await expect(studio.run).toBeVisible({ timeout: 5_000 });
  await expect(studio.frames).toHaveCount(0);
  await expect(studio.page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await expect(studio.alerts).toHaveCount(0);
});
