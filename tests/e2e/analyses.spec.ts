import { expect, test } from './studio.js';

test('Analyses: entropy, spectrum and seeds run, are read and saved', async ({ studio }) => {
  // Three studies and an engine that may have to be started again.
  test.slow();
  const { page } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  await page.keyboard.press('Escape');
  const dialog = page.getByRole('dialog', { name: 'Analyses' });
  const run = dialog.getByRole('button', { name: 'Run' });
  const values = dialog.getByRole('slider', { name: /^Values by/ });
  const save = async (name: string): Promise<Buffer> => {
    return (await studio.saved(() => dialog.getByRole('button', { name }).click())).bytes;
  };

  await test.step('from the palette; the model’s own pictures in three orders: stopped, then whole', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('analyses');
    await page.keyboard.press('Enter');
    await dialog.getByRole('radio', { name: 'Written by the model' }).click();
    const count = dialog.getByRole('textbox', { name: 'How many pictures the model writes' });
    // So many that they cannot be done before they are stopped.
    await count.fill('256');
    await count.press('Enter');
    await run.click();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await expect(dialog.getByText('Stopped;')).toBeVisible();
    await count.fill('2');
    await count.press('Enter');
    await run.click();
    await expect(run).toBeEnabled({ timeout: 90_000 });
    await expect(dialog.getByRole('button', { name: 'Save as CSV' })).toBeEnabled();
    await values.press('ArrowRight');
    await expect(values).toHaveAttribute('aria-valuetext', /natural order [\d.]+ nats, stride 1/);
    const table = (await save('Save as CSV')).toString();
    expect(table.split('\n')[0]).toMatch(/^position,entropy_stride_0,surprisal_stride_0/);
    const drawn = await save('Save as PNG');
    expect([...drawn.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });

  await test.step('the spectrum of the frame', async () => {
    await dialog.getByRole('tab', { name: 'Spectrum' }).click();
    await run.click();
    await expect(dialog.getByRole('img', { name: /: the picture$/ })).toBeVisible({ timeout: 90_000 });
    await expect(run).toBeEnabled({ timeout: 90_000 });
    expect(await dialog.getByRole('img', { name: /\d+ tokens?$/ }).count()).toBeGreaterThan(1);
  });

  await test.step('seeds: as many pictures as asked for, and where they differ', async () => {
    await dialog.getByRole('tab', { name: 'Seeds' }).click();
    await run.click();
    await expect(dialog.getByRole('img', { name: 'Where the pictures differ' })).toBeVisible({ timeout: 90_000 });
    await expect(dialog.getByRole('img', { name: /, seed \d+$/ })).toHaveCount(4);
  });
});
