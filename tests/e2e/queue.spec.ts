/** The queue: paused, put in another order, reloaded, gone on with; what it says of itself is in the title of the window. */
import { expect, test } from './studio.js';

test('jobs wait, change places, survive a reload and end up on the board', async ({ studio }) => {
  test.slow();
  const { page, frames } = studio;
  await studio.waitUntilReady();
  const chip = page.getByRole('button', { name: /^Queue:/ });
  const jobs = page.getByRole('listbox', { name: 'Jobs' });
  const titles = async () => (await jobs.getByRole('option').allInnerTexts()).map((text) => text.split('\n')[0]);

  await test.step('paused, nothing is begun, and the title says so', async () => {
    await chip.click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await page.keyboard.press('Escape');
    for (const prompt of ['a red circle', 'a blue star', 'a green square']) {
      await studio.prompt.fill(prompt);
      // An input method that is not finished keeps its keys: these begin nothing.
      for (const held of [{ isComposing: true }, { keyCode: 229 }]) {
        await studio.prompt.dispatchEvent('keydown', {
          key: 'Enter',
          code: 'Enter',
          ctrlKey: true,
          bubbles: true,
          ...held,
        });
      }
      await studio.prompt.press('Control+Enter');
      await expect(studio.prompt).toHaveValue(prompt);
    }
    await expect(chip).toContainText('3 waiting');
    await expect(page).toHaveTitle(/^3 paused – /);
  });

  await test.step('keys and the pointer put them in another order', async () => {
    await studio.board.focus();
    await page.keyboard.press('Shift+J');
    await expect(jobs).toBeFocused();
    expect(await titles()).toEqual(['a red circle', 'a blue star', 'a green square']);
    await page.keyboard.press('End');
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(titles).toEqual(['a red circle', 'a green square', 'a blue star']);
    const options = jobs.getByRole('option');
    await options.nth(2).dragTo(options.nth(0));
    await expect.poll(titles).toEqual(['a blue star', 'a red circle', 'a green square']);
    await page.screenshot({ path: 'test-results/queue-1440x900-dark.png' });
  });

  await test.step('a reload changes nothing of it', async () => {
    await page.reload();
    await expect(chip).toContainText('3 waiting');
    await chip.click();
    expect(await titles()).toEqual(['a blue star', 'a red circle', 'a green square']);
  });

  await test.step('Delete cancels the chosen one alone', async () => {
    await jobs.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Delete');
    await expect.poll(titles).toEqual(['a blue star', 'a red circle']);
  });

  await test.step('resumed, they come onto the board in order, and the queue is empty', async () => {
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page).toHaveTitle(/^(\d+ %|Running)/);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Light theme' }).click();
    await chip.click();
    await page.screenshot({ path: 'test-results/queue-1920x1080-light.png' });
    await expect(frames).toHaveCount(2, { timeout: 120_000 });
    await expect(frames.nth(0)).toContainText('a blue star');
    await expect(page).toHaveTitle(/^[^%]* – DDT Studio$/);
    await expect(page.getByText('Nothing waits.')).toBeVisible();
  });
});
