/** Every surface of the window under axe, in both themes; and the main job by keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import { expect, test } from './studio.js';

/** What axe calls serious or critical, one line each; `rules`: those asked, all of the levels A and AA if left out. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
  // Where a surface fades in, its colours are not yet what they will be. What turns or pulses for ever never ends.
  await page.evaluate(async () => {
    const ends = Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
    await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, 500))]);
  });
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const axe =
    rules === undefined
      ? builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
      : builder.withRules(rules);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

/** A surface: its name, what opens it, what closes it. */
type Surface = [name: string, open: () => Promise<unknown>, close?: () => Promise<unknown>];

/** Each surface whole in the dark theme, and its colours in the light one. */
async function lookAt(page: Page, surfaces: Surface[]): Promise<void> {
  const theme = (name: string): Promise<void> =>
    page.evaluate((theme) => void (document.documentElement.dataset['theme'] = theme), name);
  for (const [name, open, close] of surfaces) {
    await open();
    expect.soft(await findings(page), name).toEqual([]);
    await theme('light');
    expect.soft(await findings(page, ['color-contrast']), `${name}, light`).toEqual([]);
    await theme('dark');
    await close?.();
  }
}

test('no surface of Create has a serious finding, in either theme', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  const tab = (name: string) => () =>
    page.getByRole('region', { name: 'Composer' }).getByRole('tab', { name, exact: true }).click();
  const button = (name: RegExp) => () => page.getByRole('button', { name }).click();
  const key = (keys: string) => async () => {
    await board.focus();
    await page.keyboard.press(keys);
  };
  const escape = () => page.keyboard.press('Escape');

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
  ]);
  await studio.generate('a red circle');
  await studio.paste(encodePng({ width: 8, height: 8, data: new Uint8Array(256).fill(200) }), 'plain.png');
  await expect(frames).toHaveCount(2);
  await frames.first().evaluate((option: HTMLElement) => option.click());
  await lookAt(page, [
    ['board with frames', key('Control+0')],
    ['edit', tab('Edit')],
    ['describe', tab('Describe')],
    ['ask', tab('Ask'), tab('Generate')],
    ['mask tools', key('b'), key('v')],
    ['gallery', key('g'), escape],
    ['queue', button(/^Queue:/), escape],
    ['engine', button(/^Engine:/), escape],
    ['pack', button(/^(Model p|P)ack/), escape],
    ['project', button(/^Project /), escape],
    ['shortcuts', key('?'), escape],
    ['palette', key('Control+k'), escape],
    ['grid', key('Shift+Y'), escape],
    ['board menu', () => board.click({ button: 'right', position: { x: 90, y: 30 } }), escape],
  ]);
});

test('no surface of Explore has a serious finding, in either theme', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  const tab = (name: string) => () => page.getByRole('tab', { name, exact: true }).click();
  const radio = (name: string) => () => page.getByRole('radio', { name, exact: true }).click();
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  const film = page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' });
  await expect(film.getByRole('button').last()).toBeEnabled({ timeout: 60_000 });
  // Whoever wants no motion is shown no film that plays by itself: it would go on for two and a half seconds.
  await page.waitForTimeout(1000);
  await expect(film.getByRole('status')).toHaveCount(0);
  await frames.first().evaluate((option: HTMLElement) => option.click());
  await lookAt(page, [
    ['explore', () => studio.explore()],
    ['branch', tab('Branch')],
    ['blend', tab('Blend')],
    ['compare', tab('Compare'), tab('Look')],
    ['attributes', radio('Attributes'), radio('Build-up')],
    [
      'analyses',
      async () => {
        await board.focus();
        await page.keyboard.press('Shift+A');
      },
    ],
  ]);
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
