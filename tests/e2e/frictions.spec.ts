/** Frictions of a day's work, each mended as a kind: small windows, Tab, many pictures, menus, notices. */
import type { Locator } from '@playwright/test';
import { encodePng } from '../../src/main/storage/images/images.js';
import { expect, test, type StudioWindow } from './studio.js';

function square(red: number): Uint8Array {
  const data = new Uint8Array(64 * 64 * 4);
  for (let at = 0; at < 64 * 64; at++) data.set([red, at & 255, 90, 255], at * 4);
  return encodePng({ width: 64, height: 64, data });
}

async function importMany(studio: StudioWindow, count: number, name: (index: number) => string): Promise<void> {
  const before = await studio.frames.count();
  await studio.page.getByLabel('Image files to import').setInputFiles(
    Array.from({ length: count }, (_, index) => ({
      name: name(index),
      mimeType: 'image/png',
      buffer: Buffer.from(square(index * 7)),
    })),
  );
  await expect(studio.frames).toHaveCount(before + count);
}

/** `clipped`: it may end below, where it scrolls. */
function inside(
  box: { x: number; y: number; width: number; height: number },
  window: { width: number; height: number },
  clipped = false,
): boolean {
  const right = box.x + box.width <= window.width + 1;
  return (
    box.x >= 0 && box.y >= 0 && right && (clipped ? box.y < window.height : box.y + box.height <= window.height + 1)
  );
}

/** Controls of a bar that lie on each other, by what they say. */
function coveredControls(bar: Locator): Promise<string[]> {
  return bar.locator('button:visible').evaluateAll((controls) => {
    const boxes = controls.map((one) => ({ said: one.ariaLabel ?? one.textContent, box: one.getBoundingClientRect() }));
    return boxes.flatMap(({ said, box }, at) =>
      boxes
        .slice(at + 1)
        .filter(({ box: { left, right } }) => Math.min(right, box.right) - Math.max(left, box.left) > 1)
        .map((other) => `${said} and ${other.said}`),
    );
  });
}

test('the keyboard’s way around a board with many pictures', async ({ studio }) => {
  const { page, frames, board } = studio;
  const composer = page.getByRole('region', { name: 'Composer' });
  const zoom = page.getByRole('button', { name: /^Zoom, / });
  const percent = async () => Number(/\d+/.exec(await zoom.innerText())![0]);
  await studio.waitUntilReady();

  await test.step('what runs without words is told why at the field, until words stand there', async () => {
    await studio.prompt.fill('');
    await studio.prompt.press('Control+Enter');
    await expect(composer.getByRole('alert')).toContainText('There is no prompt yet');
    await expect(page.getByRole('log', { name: 'Notices' }).getByRole('alert')).toHaveCount(0);
    await studio.prompt.fill('a');
    await expect(composer.getByRole('alert')).toHaveCount(0);
    await expect(composer.getByText('128 × 128 pixels')).toBeVisible();
    await studio.prompt.fill('');
  });

  await test.step('a letter is no word to be corrected; an unknown word is said once and replaced wherever it stands', async () => {
    await studio.prompt.fill('I see a sqare above a sqare');
    const unknown = composer.getByRole('list', { name: 'Words this pack has never seen' });
    await expect(unknown.getByText('sqare', { exact: true })).toHaveCount(1);
    await expect(unknown.getByRole('button', { name: /^Replace I by/ })).toHaveCount(0);
    await unknown.getByRole('button', { name: 'Replace sqare by square', exact: true }).click();
    await expect(studio.prompt).toHaveValue('I see a square above a square');
    await studio.prompt.fill('');
  });

  await test.step('pictures of one name are told apart', async () => {
    await importMany(studio, 3, () => 'same.png');
    const names = await frames.evaluateAll((options) => options.map((option) => option.getAttribute('aria-label')));
    expect(new Set(names).size).toBe(3);
    expect(names[1]).toContain('2 of 3');
  });

  await test.step('Tab first offers the way to the prompt; the board is as few stops with many frames as with few', async () => {
    await board.focus();
    const stops = async (): Promise<number> => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.getByRole('button', { name: /^Project / }).focus();
      for (let count = 1; count < 120; count++) {
        await page.keyboard.press('Tab');
        if (await studio.prompt.evaluate((field) => field === document.activeElement)) return count;
      }
      return Infinity;
    };
    await frames.first().evaluate((option: HTMLElement) => option.click());
    const few = await stops();
    await importMany(studio, 27, (index) => `${index}.png`);
    await frames.first().evaluate((option: HTMLElement) => option.click());
    // What is being computed has a button to stop it.
    expect(await stops()).toBeLessThanOrEqual(few + 4);
    await page.getByRole('button', { name: /^Project / }).focus();
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByRole('link', { name: 'Skip to the prompt' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(studio.prompt).toBeFocused();
  });

  await test.step('many pictures that come at once stand in a block about as wide as it is high', async () => {
    await board.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('Export the board');
    await page.keyboard.press('Enter');
    const said = await page.getByText(/as one picture of \d+ × \d+ pixels/).innerText();
    const [width = 0, height = 1] = /(\d+) × (\d+)/.exec(said)!.slice(1).map(Number);
    expect(width / height, said).toBeGreaterThan(0.5);
    expect(width / height, said).toBeLessThan(2);
  });

  await test.step('arrows move through the tools, which are one stop', async () => {
    const tools = page.getByRole('toolbar', { name: 'Tools' });
    await tools.getByRole('button', { name: 'Select and move' }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(tools.getByRole('button', { name: 'Hand' })).toBeFocused();
    await expect(tools.locator('button[tabindex="0"]')).toHaveCount(1);
  });

  await test.step('Shift+1 shows everything, Shift+2 what is selected', async () => {
    await board.focus();
    await page.keyboard.press('Shift+Digit1');
    const all = await percent();
    await page.keyboard.press('Shift+Digit2');
    expect(await percent()).toBeGreaterThan(all * 2);
    await page.keyboard.press('Shift+Digit1');
    expect(await percent()).toBe(all);
  });

  await test.step('what comes in anew is shown large enough to be judged', async () => {
    await page.keyboard.press('Shift+Digit1');
    expect(await percent()).toBeLessThan(60);
    await studio.paste(square(250), 'new.png');
    await expect(frames).toHaveCount(31);
    // 256 board units at 160 CSS pixels.
    await expect.poll(percent).toBeGreaterThanOrEqual(62);
  });
});

test('menus, the large gallery and titles', async ({ studio }) => {
  const { page, frames, board } = studio;
  const inspector = page.getByRole('region', { name: 'Inspector' });
  const gallery = page.getByRole('region', { name: 'Gallery' });
  const zoom = page.getByRole('button', { name: /^Zoom, / });
  const percent = async () => Number(/\d+/.exec(await zoom.innerText())![0]);
  await studio.waitUntilReady();
  await importMany(studio, 4, (index) => `${index}.png`);

  await test.step('a click in the history goes to that step, back and forth', async () => {
    await board.focus();
    await page.keyboard.press('Shift+H');
    const steps = page.getByRole('toolbar', { name: 'Steps' }).getByRole('button');
    const last = (await steps.count()) - 1;
    await steps.first().click();
    await expect(frames).toHaveCount(0);
    await expect(steps.first()).toHaveAttribute('aria-current', 'step');
    await steps.nth(last).click();
    await expect(frames).toHaveCount(4);
    await page.keyboard.press('Escape');
    await expect(steps).toHaveCount(0);
  });

  await test.step('the menu adds a note where it was opened', async () => {
    await page.keyboard.press('Shift+Digit1');
    await page.keyboard.press('Escape');
    const box = (await board.boundingBox())!;
    const spot = { x: box.x + 24, y: box.y + 40 };
    await page.mouse.click(spot.x, spot.y, { button: 'right' });
    const menu = page.getByRole('menu', { name: 'Board menu' });
    await expect(menu.getByRole('menuitem', { name: 'Paste a picture here' })).toBeEnabled();
    await menu.getByRole('menuitem', { name: 'Add a note here' }).click();
    const field = page.getByRole('textbox', { name: 'Words of the note' });
    await field.fill('here');
    const at = (await field.boundingBox())!;
    expect(Math.abs(at.x - spot.x)).toBeLessThan(24);
    await field.press('Escape');
    await page.getByRole('button', { name: 'Undo' }).click();
  });

  await test.step('the menu of a picture has Edit, Mask and Vary', async () => {
    await frames.first().evaluate((option: HTMLElement) => option.click());
    await board.focus();
    await page.keyboard.press('Shift+Digit2');
    const box = (await board.boundingBox())!;
    await board.click({ button: 'right', position: { x: box.width / 2, y: box.height / 2 } });
    const menu = page.getByRole('menu', { name: 'Board menu' });
    for (const name of [/^Edit by instruction/, /^Paint a mask/, /^Vary/, /^Duplicate/, /^Export/]) {
      await expect(menu.getByRole('menuitem', { name }).first()).toBeVisible();
    }
    await menu.getByRole('menuitem', { name: /^Paint a mask/ }).click();
    await expect(page.getByRole('button', { name: 'Mask brush' })).toHaveAttribute('aria-pressed', 'true');
  });

  await test.step('the ring of the brush says with Alt that it takes away', async () => {
    const box = (await board.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const ring = board.locator('svg:has(> circle.over)');
    await expect(ring.locator('circle.over')).toBeVisible();
    await expect(ring.locator('path')).toHaveCount(0);
    await page.keyboard.down('Alt');
    await expect(ring.locator('path')).not.toHaveCount(0);
    await page.keyboard.up('Alt');
    await expect(ring.locator('path')).toHaveCount(0);
  });

  await test.step('the bar of the mask is not in the way in Explore, nor is what explains the panes in that of the film', async () => {
    const bar = page.getByRole('toolbar', { name: 'Mask', exact: true });
    await expect(bar).toBeVisible();
    await studio.explore();
    await expect(bar).toBeHidden();
    await page.getByRole('button', { name: 'What the panes show' }).click();
    const hint = (await page.getByRole('note').filter({ hasText: 'Got it' }).boundingBox())!;
    const film = (await page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' }).boundingBox())!;
    const apart =
      hint.y + hint.height <= film.y + 1 || hint.x >= film.x + film.width - 1 || hint.x + hint.width <= film.x + 1;
    expect(apart, JSON.stringify({ hint, film })).toBe(true);
    await page.getByRole('button', { name: 'Got it' }).click();
    await page.getByRole('radio', { name: 'Create' }).click();
    await board.focus();
    await page.keyboard.press('v');
  });

  await test.step('the theme is the system’s until somebody chooses one', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    }
  });

  await test.step('Escape leaves the large gallery, whose pictures have the size one likes', async () => {
    await board.focus();
    await page.keyboard.press('g');
    const size = gallery.getByRole('slider', { name: 'Size of the pictures' });
    const cell = gallery.getByRole('option').first();
    const before = (await cell.boundingBox())!.width;
    await size.fill('256');
    await expect.poll(async () => (await cell.boundingBox())!.width).toBeGreaterThan(before * 1.4);
    await size.press('Escape');
    await expect(size).toBeHidden();
  });

  await test.step('the trash can be undone from its notice', async () => {
    await page.keyboard.press('g');
    const pictures = gallery.getByRole('option');
    const count = await gallery.locator('.count').innerText();
    await pictures.first().click();
    await page.keyboard.press('Delete');
    await expect(gallery.locator('.count')).not.toHaveText(count);
    await page.getByRole('log', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click();
    await expect(gallery.locator('.count')).toHaveText(count);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('slider', { name: 'Size of the pictures' })).toBeHidden();
  });

  await test.step('a double click on a title renames, on a picture shows it large', async () => {
    await frames.first().evaluate((option: HTMLElement) => option.click());
    await board.focus();
    await page.keyboard.press('Shift+Digit2');
    const shown = (await board.boundingBox())!;
    const middle = { x: shown.x + shown.width / 2, y: shown.y + shown.height / 2 };
    await page.keyboard.press('Control+1');
    await page.mouse.dblclick(middle.x, middle.y);
    await expect.poll(percent).toBeGreaterThan(100);
    await page.keyboard.press('Control+1');
    // The picture is 256 pixels high and in the middle; its title stands above it.
    await page.mouse.dblclick(middle.x - 110, middle.y - 128 - 10);
    await expect(inspector.getByRole('textbox', { name: 'Frame name' })).toBeFocused();
  });
});

test('small windows hide nothing: the gallery folds, the timeline stands under both, panels scroll', async ({
  studio,
}) => {
  const { page, frames, board } = studio;
  const composer = page.getByRole('region', { name: 'Composer' });
  const inspector = page.getByRole('region', { name: 'Inspector' });
  const gallery = page.getByRole('region', { name: 'Gallery' });
  await studio.waitUntilReady();
  await importMany(studio, 2, (index) => `${index}.png`);

  await test.step('small windows hide nothing: the gallery folds, the timeline stands under both, panels scroll', async () => {
    await frames.first().evaluate((option: HTMLElement) => option.click());
    for (const [width, height] of [
      [1280, 720],
      [960, 600],
      [900, 700],
      [800, 560],
      [720, 450],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const mode of ['Create', 'Explore']) {
        await page.getByRole('radio', { name: mode }).click();
        const window = { x: 0, y: 0, width, height };
        for (const part of [board, composer, page.getByRole('region', { name: 'Timeline' })]) {
          const box = (await part.boundingBox())!;
          expect(inside(box, window, mode === 'Explore'), `${mode} at ${width} × ${height}`).toBe(true);
        }
        expect(await coveredControls(page.getByRole('banner')), `${mode} at ${width} × ${height}`).toEqual([]);
        for (const button of ['Keyboard shortcuts', /^Engine:/, /^Queue:/]) {
          const box = (await page.getByRole('button', { name: button }).first().boundingBox())!;
          expect(inside(box, window), `${button} at ${width} × ${height}`).toBe(true);
        }
      }
      await page.getByRole('radio', { name: 'Create' }).click();
      for (const part of [composer.getByRole('tabpanel'), inspector]) {
        const beyond = await part.evaluate((element) => element.scrollWidth - element.clientWidth);
        expect(beyond, `cut at the right at ${width} × ${height}`).toBe(0);
      }
      expect((await inspector.boundingBox())!.height).toBeGreaterThan(90);
      expect(inside((await studio.run.boundingBox())!, { width, height })).toBe(true);
    }
    await expect(gallery.getByRole('option')).toHaveCount(0);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  await test.step('in a low window no field of Branch ends up under its button', async () => {
    await page.getByRole('radio', { name: 'Explore' }).click();
    await page.getByRole('tab', { name: 'Branch' }).click();
    const words = page.getByRole('textbox', { name: 'Prompt of the branch' });
    const run = page.getByRole('button', { name: /^(Rewrite|Nothing to rewrite)/ });
    await words.focus();
    const [field, button] = [(await words.boundingBox())!, (await run.boundingBox())!];
    expect(field.y + field.height).toBeLessThanOrEqual(button.y);
  });
});

test('candidates by key, compared and accepted; the timeline shows what the board shows', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  const composer = page.getByRole('region', { name: 'Composer' });
  const candidates = page.getByRole('listbox', { name: 'Candidates' });
  await studio.waitUntilReady();

  await test.step('the seed goes by one, and stays', async () => {
    const seed = composer.getByRole('textbox', { name: 'Seed' });
    const before = Number(await seed.inputValue());
    await composer.getByRole('button', { name: 'Seed one higher' }).click();
    await expect(seed).toHaveValue(String(before + 1));
    await expect(composer.getByRole('button', { name: 'Seed is locked' })).toBeVisible();
    await studio.generate('a red circle');
  });

  await test.step('a prompt is kept as a favourite', async () => {
    await composer.getByRole('button', { name: 'Prompt history' }).click();
    await page.getByRole('button', { name: 'Keep as a favourite: a red circle' }).first().click();
    await expect(page.getByRole('heading', { name: 'Favourites' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('candidates take the keys from the words that asked for them', async () => {
    await board.focus();
    await page.keyboard.press('i');
    const words = composer.getByRole('textbox', { name: 'Instruction' });
    await expect(words).toBeFocused();
    await words.fill('make the circle blue');
    const variations = composer.getByRole('textbox', { name: 'Variations' });
    await variations.fill('2');
    await variations.press('Enter');
    await words.focus();
    await words.press('Control+Enter');
    await expect(candidates.getByRole('option')).toHaveCount(2, { timeout: 90_000 });
    await expect(candidates).toBeFocused();
    await page.keyboard.press('2');
    await expect(candidates.getByRole('option', { name: /^Candidate 2.*shown$/ })).toBeVisible();
  });

  await test.step('a reload loses none: the gallery shows them as not accepted, and leads back to them', async () => {
    await page.reload();
    const gallery = page.getByRole('region', { name: 'Gallery' });
    const waiting = gallery.getByRole('toolbar', { name: /^Not accepted/ }).getByRole('button');
    await expect(waiting).toHaveCount(2);
    await expect(waiting.first()).toHaveAccessibleName(/^make the circle blue, not accepted/);
    await waiting.nth(1).click();
    await expect(candidates.getByRole('option', { name: /^Candidate 2.*shown$/ })).toBeVisible();
  });

  await test.step('the timeline is the candidate’s, and makes nothing of it before it is a frame', async () => {
    const film = page.getByRole('toolbar', { name: 'Build-up, from noise to the picture' });
    const last = film.getByRole('button').last();
    await expect(last).toBeEnabled({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Decode from here' }).click();
    await page.getByRole('button', { name: 'Decode', exact: true }).click();
    await expect(studio.alerts.filter({ hasText: 'shows a candidate' })).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  await test.step('compared, the second is accepted, and the keyboard goes on at the board', async () => {
    await candidates.focus();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'Compare' });
    await expect(dialog.getByRole('button', { name: 'Accept' })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(frames).toHaveCount(2);
    await expect(board).toBeFocused();
  });

  await test.step('X swaps brush and eraser; the tab carries the project’s name; Enter closes it', async () => {
    await page.keyboard.press('b');
    await page.keyboard.press('x');
    await expect(page.getByRole('button', { name: 'Mask eraser' })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('v');
    await page.getByRole('button', { name: /^Project / }).click();
    const name = page.getByRole('textbox', { name: 'Project name' });
    await name.fill('Boats');
    await name.press('Enter');
    await expect(name).toBeHidden();
    await expect(page).toHaveTitle(/Boats/);
  });
});

test('notices act, and stay with their project', async ({ studio }) => {
  test.slow();
  const { page, frames } = studio;
  const composer = page.getByRole('region', { name: 'Composer' });
  await studio.waitUntilReady();

  await test.step('a job that the engine’s end took is run again from its notice', async () => {
    await composer.getByRole('tab', { name: 'Generate' }).click();
    await studio.startLongJob();
    await studio.killEngine();
    const again = page.getByRole('log', { name: 'Notices' }).getByRole('button', { name: 'Run again' });
    await expect(again).toBeVisible({ timeout: 60_000 });
    await again.click();
    await expect(studio.cancel).toContainText(/[1-9]\d*\/\d+/, { timeout: 90_000 });
    await studio.cancelNow();
  });

  await test.step('an error leaves by itself', async () => {
    await studio.drop(new TextEncoder().encode('not a picture'), 'torn.png');
    const torn = studio.alerts.filter({ hasText: 'torn.png' });
    await expect(torn).toBeVisible();
    await expect(torn).toHaveCount(0, { timeout: 20_000 });
  });

  await test.step('notices of one project do not follow into the next', async () => {
    await studio.drop(new TextEncoder().encode('not a picture'), 'broken.png');
    await expect(studio.alerts.filter({ hasText: 'broken.png' })).toBeVisible();
    await page.getByRole('button', { name: /^Project / }).click();
    await page.getByRole('button', { name: 'New project' }).click();
    await expect(frames).toHaveCount(0);
    await expect(studio.alerts).toHaveCount(0);
  });
});
