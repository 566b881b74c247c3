/** Every state of the window that screenshots are made of, and those only a test can bring about, under axe in both themes; and the main job by keyboard alone. */
import type { Locator, Page } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import { statesByMode, type WindowState } from '../../scripts/lib/window-states.mjs';
import { expectNoFindings } from './accessibility-findings.js';
import { expect, test, type StudioWindow } from './studio.js';

/** Every surface in both themes; what it shares with one before it was looked at there. */
async function lookAt(
  page: Page,
  surfaces: readonly WindowState[],
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  for (const [name, open, close] of surfaces) {
    await test.step(name, async () => {
      // A state that cannot be opened must not take the time of the others.
      page.setDefaultTimeout(60_000);
      await before();
      await open();
      await expectNoFindings(page, name);
      await close?.();
    });
  }
}

/** A board on which every state can be opened; with `whole` its timeline is whole too. */
async function withPictures(studio: StudioWindow, whole: boolean): Promise<() => Promise<unknown>> {
  const { page, frames } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await studio.waitUntilReady();
  await studio.generate('a blue star');
  await studio.generate('a red circle');
  if (whole)
    await expect(page.getByRole('progressbar', { name: 'Positions computed' })).toBeHidden({ timeout: 90_000 });
  // Whoever wants no motion is shown no film that plays by itself: it would go on for two and a half seconds.
  const film = page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' });
  await expect(film.getByRole('button').last()).toBeEnabled({ timeout: 60_000 });
  await page.waitForTimeout(1000);
  await expect(film.getByRole('status')).toHaveCount(0);
  return () => frames.last().evaluate((option: HTMLElement) => option.click());
}

test('what a window without pictures shows, errors and pictures that come in have no serious finding', async ({
  studio,
}) => {
  test.slow();
  const { page, frames, board } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  const openQueue = (): Promise<void> => page.getByRole('button', { name: /^Queue:/ }).click();
  const inQueue = (name: string): Locator =>
    page.getByRole('region', { name: 'Queue' }).getByRole('button', { name, exact: true });
  const escape = (): Promise<void> => page.keyboard.press('Escape');
  const plain = encodePng({ width: 8, height: 8, data: new Uint8Array(256).fill(200) });
  let exported: Buffer;
  await studio.waitUntilReady();
  await lookAt(page, [
    ['empty board', async () => {}],
    [
      'an error',
      async () => {
        await studio.drop(new TextEncoder().encode('not a picture'), 'broken.png');
        await expect(studio.alerts).toContainText('broken.png');
      },
    ],
    [
      'a picture from outside',
      async () => {
        await studio.paste(plain, 'plain.png');
        await expect(frames).toHaveCount(1);
      },
    ],
    [
      'a queue that waits',
      async () => {
        await openQueue();
        await inQueue('Pause').click();
        await expect(inQueue('Resume')).toBeVisible();
        await escape();
        await studio.prompt.fill('a red circle');
        await studio.prompt.press('Control+Enter');
        await expect(page.getByRole('button', { name: /^Queue:/ })).toContainText('1 waiting');
        await openQueue();
        await expect(inQueue('Resume')).toBeVisible();
      },
      async () => {
        await inQueue('Resume').click();
        await escape();
        await expect(frames).toHaveCount(2, { timeout: 90_000 });
      },
    ],
    [
      'a picture with a record',
      async () => {
        await frames.last().evaluate((option: HTMLElement) => option.click());
        exported = (await studio.saved(() => page.getByRole('button', { name: 'Export PNG' }).click())).bytes;
        await studio.drop(exported, 'made-here.png');
        await expect(page.getByRole('dialog')).toBeVisible();
      },
      escape,
    ],
    [
      'a grid',
      async () => {
        await board.focus();
        await page.keyboard.press('Shift+Y');
        const grid = page.getByRole('dialog', { name: 'X/Y grid' });
        await grid.getByRole('textbox').nth(0).fill('1-2');
        await grid.getByRole('textbox').nth(1).fill('1');
        await grid.getByRole('button', { name: 'Make the grid' }).click();
        await expect(grid.getByRole('button', { name: 'Save as PNG' })).toBeEnabled({ timeout: 90_000 });
      },
      escape,
    ],
    [
      'the smallest window',
      async () => {
        await frames.last().evaluate((option: HTMLElement) => option.click());
        await page.setViewportSize({ width: 800, height: 560 });
      },
    ],
    ['the smallest window in Explore', () => studio.explore()],
  ]);
});

test('no state of Create has a serious finding, in either theme', async ({ studio }) => {
  test.slow();
  const select = await withPictures(studio, false);
  await lookAt(studio.page, statesByMode(studio.page).inCreate, select);
});

test('no state of Explore has a serious finding, in either theme', async ({ studio }) => {
  test.slow();
  const { page, frames } = studio;
  const select = await withPictures(studio, true);
  const { inExplore } = statesByMode(page);
  // Of a picture nobody has looked closely at, nothing is measured yet: the words that say so must not lie on others.
  const [, openAttributes, leave] = inExplore.find(([name]) => name === 'explore-attributes')!;
  const open = async (): Promise<void> => {
    await openAttributes();
    await expect(page.getByText('Measured once every picture is there.')).toBeVisible();
  };
  const unlooked = (): Promise<unknown> => frames.first().evaluate((option: HTMLElement) => option.click());
  await lookAt(page, [['nothing measured yet', open, leave!]], unlooked);
  await lookAt(page, inExplore, select);
});

test('a window that may only look, and one that lost its studio, have no serious finding', async ({
  studio,
  driver,
}) => {
  test.skip(driver === 'electron', 'there the window ends with the studio');
  const { page } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await studio.waitUntilReady();
  const second = await studio.openSecond();
  await lookAt(second.page, [
    ['read-only', () => expect(second.page.getByRole('button', { name: /^Project/ })).toContainText('Read only')],
  ]);
  await studio.close();
  await lookAt(page, [['disconnected', () => expect(studio.alerts).toContainText('The window lost the studio')]]);
});

test('the main job by keyboard alone: prompt, candidates, accept, edit, explore, export', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  const composer = page.getByRole('region', { name: 'Composer' });
  const candidates = page.getByRole('listbox', { name: 'Candidates' });
  const press = (keys: string): Promise<void> => page.keyboard.press(keys);
  await expect(studio.run).toBeVisible({ timeout: 60_000 });

  await press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the prompt' })).toBeFocused();
  await press('Enter');
  await expect(studio.prompt).toBeFocused();
  await page.keyboard.type('a red circle');
  await expect(studio.run).toBeEnabled({ timeout: 60_000 });
  await press('Control+Enter');
  await expect(frames).toHaveCount(1, { timeout: 90_000 });

  // Out of the field: what is not written in is there for the keys.
  await press('Tab');
  await press('Alt+v');
  await expect(candidates.getByRole('option')).toHaveCount(3, { timeout: 120_000 });
  await expect(candidates).toBeFocused();
  await press('ArrowRight');
  await press('Enter');
  await expect(frames).toHaveCount(2);
  await expect(board).toBeFocused();

  await press('i');
  await expect(composer.getByRole('textbox', { name: 'Instruction' })).toBeFocused();
  await page.keyboard.type('make the circle blue');
  await press('Control+Enter');
  await expect(candidates).toBeFocused({ timeout: 120_000 });
  await press('Enter');
  await expect(frames).toHaveCount(3);
  await expect(board).toBeFocused();

  await press('2');
  await expect(page.getByRole('radio', { name: 'Explore' })).toHaveAttribute('aria-checked', 'true');
  await studio.slider.focus();
  const before = await studio.slider.getAttribute('aria-valuenow');
  await press('ArrowRight');
  await expect(studio.slider).not.toHaveAttribute('aria-valuenow', before!);

  expect((await studio.saved(() => press('Control+Shift+E'))).fileName).toMatch(/\.png$/);
});
