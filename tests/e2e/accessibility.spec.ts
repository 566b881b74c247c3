/** Every surface of the window under axe, in both themes; and the main job by keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import { expect, test } from './studio.js';

/** What axe calls serious or critical, one line each. `colours`: only what a theme can change. */
async function findings(page: Page, colours: boolean): Promise<string[]> {
  // Where a surface fades in, its colours are not yet what they will be.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const axe = colours
    ? builder.withRules(['color-contrast'])
    : builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

test('no surface has a serious finding, in either theme', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  const composer = page.getByRole('region', { name: 'Composer' });
  const themed = page.getByRole('button', { name: /^(Light|Dark) theme$/ });
  const key = async (keys: string): Promise<void> => {
    await board.focus();
    await page.keyboard.press(keys);
  };
  const escape = (): Promise<void> => page.keyboard.press('Escape');
  const look = async (surface: string, colours = false): Promise<void> => {
    expect.soft(await findings(page, colours), surface).toEqual([]);
  };

  await studio.waitUntilReady();
  await look('empty board');
  await studio.drop(new TextEncoder().encode('not a picture'), 'broken.png');
  await expect(studio.alerts).toContainText('broken.png');
  await look('an error');

  await studio.generate('a red circle');
  await expect(frames).toHaveCount(1);
  const film = page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' });
  await expect(film.getByRole('button').last()).toBeEnabled({ timeout: 60_000 });
  await studio.paste(encodePng({ width: 8, height: 8, data: new Uint8Array(256).fill(200) }), 'plain.png');
  await expect(frames).toHaveCount(2);

  /** Opens, says its name, closes. */
  const surfaces: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['board with frames', () => key('Control+0'), async () => {}],
    ['edit', () => composer.getByRole('tab', { name: 'Edit' }).click(), async () => {}],
    ['describe', () => composer.getByRole('tab', { name: 'Describe' }).click(), async () => {}],
    [
      'ask',
      () => composer.getByRole('tab', { name: 'Ask' }).click(),
      () => composer.getByRole('tab', { name: 'Generate' }).click(),
    ],
    ['mask tools', () => key('b'), () => key('v')],
    ['gallery', () => key('g'), escape],
    ['queue', () => page.getByRole('button', { name: /^Queue:/ }).click(), escape],
    ['engine', () => page.getByRole('button', { name: /^Engine:/ }).click(), escape],
    ['pack', () => page.getByRole('button', { name: /^(Model p|P)ack/ }).click(), escape],
    ['project', () => page.getByRole('button', { name: /^Project / }).click(), escape],
    ['shortcuts', () => key('?'), escape],
    ['palette', () => key('Control+k'), escape],
    ['grid', () => key('Shift+Y'), escape],
    ['board menu', () => board.click({ button: 'right', position: { x: 90, y: 30 } }), escape],
    ['explore', () => key('2'), async () => {}],
    ['branch', () => page.getByRole('tab', { name: 'Branch' }).click(), async () => {}],
    ['blend', () => page.getByRole('tab', { name: 'Blend' }).click(), async () => {}],
    [
      'compare',
      () => page.getByRole('tab', { name: 'Compare' }).click(),
      () => page.getByRole('tab', { name: 'Look' }).click(),
    ],
    [
      'attributes',
      () => page.getByRole('radio', { name: 'Attributes' }).click(),
      () => page.getByRole('radio', { name: 'Build-up' }).click(),
    ],
    [
      'analyses',
      () => key('Shift+A'),
      async () => {
        await escape();
        await key('1');
      },
    ],
  ];
  await frames.first().evaluate((option: HTMLElement) => option.click());
  for (const light of [false, true]) {
    if (light) await themed.click();
    for (const [name, open, close] of surfaces) {
      await open();
      await look(`${name}, ${light ? 'light' : 'dark'}`, light);
      await close();
    }
  }
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

  const download = page.waitForEvent('download');
  await press('Control+Shift+E');
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
});
