/** Pictures leave with everything and come back; projects are copied, deleted and brought back. */
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { pngTexts, withPngTexts } from '../../src/main/storage/images/png-chunks.js';
import { expect, test, type StudioWindow } from './studio.js';

const plain = encodePng({ width: 8, height: 8, data: new Uint8Array(256).fill(180) });

async function exported(studio: StudioWindow): Promise<Buffer> {
  return (await studio.saved(() => studio.page.getByRole('button', { name: 'Export PNG' }).click())).bytes;
}

const dialogOf = (studio: StudioWindow) => studio.page.getByRole('dialog').filter({ hasText: /Cancel/ });

test('an exported picture comes back with its tokens, without being read again', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.generate('a red circle on a blue background');
  const bytes = await exported(studio);
  expect(pngTexts(bytes).map(({ keyword }) => keyword)).toEqual(['parameters', 'ddt-studio']);

  await studio.page.getByRole('button', { name: /^Project/ }).click();
  await studio.page.getByRole('button', { name: 'New project' }).click();
  await expect(studio.frames).toHaveCount(0);
  await studio.drop(bytes, 'circle.png');
  const dialog = dialogOf(studio);
  await expect(dialog).toContainText('Made with DDT Studio');
  await expect(dialog).toContainText('a red circle on a blue background');
  await expect(dialog.getByRole('button', { name: 'Place on the board' })).toBeFocused();
  await studio.page.keyboard.press('Enter');
  await expect(studio.frames).toHaveCount(1);
  // The tokens are there at once: nothing is left to be read.
  const inspector = studio.page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toContainText('Generated');
  await expect(studio.page.getByRole('button', { name: /Read into tokens/ })).toHaveCount(0);
});

test('a picture is shown and leaves four times as large, and its record says by which filter', async ({ studio }) => {
  const { page } = studio;
  await studio.waitUntilReady();
  const data = new Uint8Array(8 * 8 * 4).fill(255);
  for (let at = 0; at < 64; at++) if ((at % 8) + (at >> 3) < 8) data.set([20, 40, 160], at * 4);
  await studio.drop(encodePng({ width: 8, height: 8, data }), 'halves.png');
  await expect(studio.frames).toHaveCount(1);

  await test.step('on the board, whose pictures have finer pixels then', async () => {
    let before = '';
    // Until the picture itself stands there: what comes after it must be the finer one.
    await expect(async () => {
      before = await studio.boardPixels();
      await page.waitForTimeout(500);
      expect(await studio.boardPixels()).toBe(before);
    }).toPass();
    await page.getByRole('button', { name: /^Zoom, / }).click();
    const pixels = page.getByRole('radiogroup', { name: 'Pixels of pictures on the board' });
    await pixels.getByRole('radio', { name: '× 4' }).click();
    await expect.poll(() => studio.boardPixels()).not.toBe(before);
    await page.keyboard.press('Escape');
  });

  await test.step('in the file', async () => {
    await page.getByRole('button', { name: 'Export options' }).first().click();
    const size = page.getByRole('radiogroup', { name: 'Size of exported pictures' });
    await size.getByRole('radio', { name: '× 4' }).click();
    await page.keyboard.press('Escape');
    const bytes = await exported(studio);
    const { width, height } = decodeImage(bytes);
    expect({ width, height }).toEqual({ width: 32, height: 32 });
    const record = pngTexts(bytes).find(({ keyword }) => keyword === 'ddt-studio');
    expect(record?.text).toContain('lanczos3-held');
  });
});

test('recall takes only the words, cancel takes nothing', async ({ studio }) => {
  await studio.waitUntilReady();
  const bytes = withPngTexts(plain, [
    {
      keyword: 'parameters',
      text: 'a castle at dawn\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, Seed: 77, Model: m',
    },
  ]);
  await studio.drop(bytes, 'castle.png');
  const dialog = dialogOf(studio);
  await expect(dialog).toContainText('AUTOMATIC1111');
  await studio.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(studio.frames).toHaveCount(0);
  await expect(studio.prompt).toHaveValue('');

  await studio.drop(bytes, 'castle.png');
  await dialog.getByRole('button', { name: 'Recall prompt' }).click();
  await expect(studio.prompt).toHaveValue('a castle at dawn');
  await expect(studio.page.getByRole('textbox', { name: 'Seed', exact: true })).toHaveValue('77');
  await expect(studio.frames).toHaveCount(0);
});

test('a record that lies is named and its picture placed as any other', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(withPngTexts(plain, [{ keyword: 'ddt-studio', text: '{"format":"nonsense"}' }]), 'liar.png');
  await expect(studio.frames).toHaveCount(1);
  await expect(studio.alerts).toContainText('liar.png');
  await expect(studio.alerts).toContainText('cannot be read');
  await expect(studio.frames.first()).toHaveAccessibleName(/imported/);
});

test('turned off, nothing but pixels leaves, and the choice is remembered', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(plain, 'plain.png');
  await expect(studio.frames).toHaveCount(1);
  await studio.page.getByRole('button', { name: 'Export options' }).click();
  await studio.page.getByRole('checkbox', { name: /Keep the record/ }).uncheck();
  await studio.page.keyboard.press('Escape');
  expect(pngTexts(await exported(studio))).toEqual([]);
  await studio.page.reload();
  await studio.frames.first().evaluate((option: HTMLElement) => option.click());
  await studio.page.getByRole('button', { name: 'Export options' }).click();
  await expect(studio.page.getByRole('checkbox', { name: /Keep the record/ })).not.toBeChecked();
});

test('a project is copied, taken in again, deleted and restored', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(plain, 'kept.png');
  await expect(studio.frames).toHaveCount(1);
  const menu = studio.page.getByRole('button', { name: /^Project/ });
  await menu.click();
  const saved = await studio.saved(() => studio.page.getByRole('button', { name: /Save a copy/ }).click());
  expect(saved.fileName).toBe('Untitled.ddt');

  await studio.drop(saved.bytes, 'Untitled.ddt');
  await expect(studio.page.getByText('is among your projects now')).toBeVisible();
  await expect(studio.frames).toHaveCount(1);
  await menu.click();
  const recent = studio.page.getByRole('list', { name: 'Recent projects' });
  await recent.getByRole('button', { name: /^Delete/ }).click();
  const bin = studio.page.getByRole('list', { name: 'Deleted projects' });
  await expect(bin).toContainText('1 frame');
  await expect(recent).toBeHidden();
  await bin.getByRole('button', { name: /^Restore/ }).click();
  await expect(recent).toContainText('Untitled');
  await expect(bin).toBeHidden();
});

test('a broken project file is refused and the open one stays', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(plain, 'kept.png');
  await expect(studio.frames).toHaveCount(1);
  await studio.drop(new Uint8Array(5000).fill(7), 'broken.ddt');
  await expect(studio.alerts).toContainText('broken.ddt');
  await expect(studio.frames).toHaveCount(1);
});
