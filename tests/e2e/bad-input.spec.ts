/** Whatever goes wrong: a clear message, the document as it was, and a program that goes on. */
import { expect, test } from './studio.js';

test('an over-long prompt is refused with the way out', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.prompt.fill('a red star and '.repeat(100));
  // Before anything is queued: how long it is, and why it cannot run.
  await expect(studio.alerts.filter({ hasText: 'too long' })).toBeVisible();
  await expect(studio.run).toBeDisabled();
  await expect(studio.frames).toHaveCount(0);
  await studio.generate('a red star');
});

test('the engine killed in mid-job is started again and the program goes on', async ({ studio }) => {
  test.skip(process.platform === 'win32', 'needs ps');
  await studio.waitUntilReady();
  await studio.generate('a green square');
  await studio.startLongJob();
  await studio.killEngine();
  await expect(studio.alerts.first()).toContainText(/engine stopped/i);
  await expect(studio.frames).toHaveCount(1);
  await expect(studio.run).toBeEnabled({ timeout: 60_000 });
  await studio.page.getByRole('textbox', { name: 'Variations' }).fill('1');
  await studio.page.getByRole('radio', { name: 'Balanced' }).click();
  await studio.generate('a red circle on a blue background');
  await expect(studio.frames).toHaveCount(2);
});

test('a second window on the same project may only look, and sees what the first one does', async ({ studio }) => {
  await studio.waitUntilReady();
  const second = await studio.openSecond();
  await expect(second.page.getByRole('button', { name: /^Project/ })).toContainText('Read only');
  await studio.generate('a yellow sun');
  await expect(second.frames).toHaveCount(1);
  await second.prompt.fill('a red circle');
  await expect(second.run).toBeDisabled();
});

test('a window that lost its studio says so', async ({ studio, driver }) => {
  test.skip(driver === 'electron', 'there the window ends with the studio');
  await studio.waitUntilReady();
  await studio.close();
  await expect(studio.alerts).toContainText('The window lost the studio');
});
