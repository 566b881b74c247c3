/** What happens to a window whose graphics, machine or host went away for a while: it draws again, and its jobs end. */
import { expect, settled, test } from './studio.js';

test('a graphics context that was lost and restored is drawn anew', async ({ studio }) => {
  const { page } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  await expect(page.getByRole('application', { name: 'Board', exact: true })).toHaveAttribute(
    'data-pictures',
    'loaded',
  );
  const canvases = 'canvas';
  // What is computed in the background, the film last, draws as it comes; here nothing but the loss may change a canvas.
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });
  await settled(
    () =>
      page.evaluate(
        (selector) => [...document.querySelectorAll<HTMLCanvasElement>(selector)].map((one) => one.toDataURL()).join(),
        canvases,
      ),
    2000,
  );
  const emptied = await page.evaluate((selector) => {
    const all = [...document.querySelectorAll<HTMLCanvasElement>(selector)].filter(({ width }) => width > 0);
    const before = all.map((canvas) => canvas.toDataURL());
    // What a driver does: every pixel is gone, and each canvas is told.
    for (const canvas of all) canvas.getContext('2d')?.reset();
    for (const canvas of all) canvas.dispatchEvent(new Event('contextrestored'));
    return new Promise<{ before: string[]; after: string[] }>((resolve) =>
      setTimeout(() => resolve({ before, after: all.map((canvas) => canvas.toDataURL()) }), 2000),
    );
  }, canvases);
  expect(emptied.before.length).toBeGreaterThan(1);
  emptied.before.forEach((picture, index) => expect(emptied.after[index] === picture, `canvas ${index}`).toBe(true));
});

test('a host that stands still for a while: the job ends, and its picture comes', async ({ studio, driver }) => {
  test.skip(driver !== 'web' || process.platform === 'win32', 'a host of its own, and signals');
  test.slow();
  const { page, frames } = studio;
  await studio.waitUntilReady();
  await studio.prompt.fill('a red circle');
  await studio.run.click();
  await expect(studio.cancel).toBeVisible();
  process.kill(studio.hostProcessId, 'SIGSTOP');
  try {
    // The window asks for a sign of life, gets none, and says so.
    await expect(page.getByText('The window lost the studio')).toBeVisible({ timeout: 60_000 });
  } finally {
    process.kill(studio.hostProcessId, 'SIGCONT');
  }
  await expect(page.getByText('The window lost the studio')).toBeHidden({ timeout: 60_000 });
  await expect(frames).toHaveCount(1, { timeout: 90_000 });
});

test('a machine that slept: window and host stood still together, and the job ends', async ({ studio, driver }) => {
  test.skip(driver !== 'web' || process.platform === 'win32', 'a host of its own, and signals');
  test.slow();
  const { page, frames } = studio;
  await studio.waitUntilReady();
  await studio.prompt.fill('a red circle');
  await studio.run.click();
  await expect(studio.cancel).toBeVisible();
  const engine = await studio.findEngine();
  const browser = await page.context().newCDPSession(page);
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' });
  for (const id of [studio.hostProcessId, engine]) process.kill(id, 'SIGSTOP');
  // Longer than the window waits for a sign of life.
  await new Promise((resolve) => setTimeout(resolve, 45_000));
  for (const id of [engine, studio.hostProcessId]) process.kill(id, 'SIGCONT');
  await browser.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(frames).toHaveCount(1, { timeout: 90_000 });
  await expect(page.getByText('The window lost the studio')).toBeHidden({ timeout: 60_000 });
  await expect(studio.run).toBeEnabled();
});
