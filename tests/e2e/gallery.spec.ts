import { encodePng } from '../../src/main/storage/images/images.js';
import { pngTexts } from '../../src/main/storage/images/png-chunks.js';
import { galleryDragType } from '../../src/shared/contract/gallery.js';
import { expectNoFindings } from './accessibility-findings.js';
import { expect, test, type StudioWindow } from './studio.js';

/** A plain picture of one colour, so that each has its own content. */
function plain(shade: number): Uint8Array {
  const data = new Uint8Array(32 * 32 * 4);
  for (let at = 0; at < data.length; at += 4) data.set([shade, 255 - shade, 90, 255], at);
  return encodePng({ width: 32, height: 32, data });
}

const parts = ({ page }: StudioWindow) => {
  const panel = page.getByRole('region', { name: 'Gallery' });
  return {
    panel,
    grid: panel.getByRole('listbox', { name: 'Pictures' }),
    pictures: panel.getByRole('option'),
    search: panel.getByRole('searchbox', { name: 'Search the gallery' }),
    button: (name: string | RegExp) => panel.getByRole('button', { name }),
  };
};

async function importPlain(studio: StudioWindow, names: readonly string[]): Promise<void> {
  // Without the timeline no engine works beside the test.
  await studio.board.focus();
  await studio.page.keyboard.press('t');
  for (const [index, name] of names.entries()) {
    await studio.drop(plain(20 + index * 60), `${name}.png`);
    await expect(studio.frames).toHaveCount(index + 1);
  }
}

async function newProject({ page }: StudioWindow): Promise<void> {
  await page.getByRole('button', { name: /^Project / }).click();
  await page.getByRole('button', { name: 'New project' }).click();
}

test('the gallery says what it is for, gathers pictures, finds them by words and places them in another project', async ({
  studio,
}) => {
  const { panel, grid, pictures, search, button } = parts(studio);
  await expect(panel).toContainText('No pictures yet');
  await importPlain(studio, ['harbour lights', 'winter tree', 'red lantern']);
  await expect(pictures).toHaveCount(3);
  await expect(pictures.first()).toHaveAccessibleName(/red lantern.*imported, project Untitled/);
  await expect(pictures.first().locator('img')).toHaveJSProperty('naturalWidth', 32);

  await search.fill('tree win');
  await expect(pictures).toHaveCount(1);
  await search.fill('zebra');
  await expect(panel).toContainText('Nothing found');
  await button('Show everything').click();
  await expect(pictures).toHaveCount(3);

  await newProject(studio);
  await expect(studio.frames).toHaveCount(0);
  await expect(pictures).toHaveCount(3);
  await pictures.nth(1).dblclick();
  await expect(studio.frames).toHaveCount(1);
  await expect(studio.frames.first()).toHaveAccessibleName(/winter tree/);

  // By dragging: what the board gets is what the grid gave.
  const transfer = await studio.page.evaluateHandle(() => new DataTransfer());
  await pictures.nth(0).dispatchEvent('dragstart', { dataTransfer: transfer });
  expect(await transfer.evaluate((given, type) => given.getData(type).length, galleryDragType)).toBe(64);
  const place = { clientX: 500, clientY: 300 };
  await studio.board.dispatchEvent('drop', { dataTransfer: transfer, ...place });
  await expect(studio.frames).toHaveCount(2);
  await studio.page.keyboard.press('Control+z');
  await expect(studio.frames).toHaveCount(1);

  await pictures.nth(2).click();
  await button(/^Open its project/).click();
  await expect(studio.frames).toHaveCount(3);
  await expect(grid).toBeVisible();
});

test('stars and the trash work by keyboard; boards keep what they show', async ({ studio }) => {
  const { panel, grid, pictures, button } = parts(studio);
  await importPlain(studio, ['one', 'two', 'three']);
  await expect(pictures).toHaveCount(3);
  await pictures.first().click();
  await expect(grid).toBeFocused();
  await studio.page.keyboard.press('s');
  await expect(pictures.first()).toHaveAccessibleName(/starred/);
  await studio.page.keyboard.press('ArrowRight');
  await expect(pictures.nth(1)).toHaveAttribute('aria-selected', 'true');
  await studio.page.keyboard.press('Delete');
  await expect(pictures).toHaveCount(2);
  await expect(studio.frames).toHaveCount(3);

  await button(/^Starred/).click();
  await expect(pictures).toHaveCount(1);
  await button(/^Trash/).click();
  await expect(pictures).toHaveCount(1);
  await expect(pictures.first()).toHaveAccessibleName(/two/);

  // A board shows it, so emptying leaves it.
  await button('Empty trash').click();
  await expect(studio.page.getByRole('dialog').getByRole('button', { name: 'Empty trash' })).toBeVisible();
  await expectNoFindings(studio.page, 'whether the trash is to be emptied');
  await studio.page.getByRole('dialog').getByRole('button', { name: 'Empty trash' }).click();
  await expect(studio.page.getByText(/1 stays because a board shows it/)).toBeVisible();
  await expect(pictures).toHaveCount(1);
  await pictures.first().click();
  await button('Restore').click();
  await expect(panel).toContainText('The trash is empty');
  await button(/^Trash/).click();
  await expect(pictures).toHaveCount(3);

  // Deleted from its board it waits in the trash, and undo takes it out again.
  await studio.board.focus();
  await studio.page.keyboard.press('Control+a');
  await studio.page.keyboard.press('Delete');
  await expect(panel).toContainText('No pictures yet');
  await studio.page.keyboard.press('Control+z');
  await expect(pictures).toHaveCount(3);
  await studio.page.keyboard.press('Control+Shift+z');
  await button(/^Trash/).click();
  await expect(pictures).toHaveCount(3);
  await button('Empty trash').click();
  await studio.page.getByRole('dialog').getByRole('button', { name: 'Empty trash' }).click();
  await expect(panel).toContainText('The trash is empty');
  await studio.board.focus();
  await studio.page.keyboard.press('Control+z');
  await expect(studio.frames).toHaveCount(3);
});

test('two windows see the same gallery, and it opens over the board with its keyboard', async ({ studio }) => {
  await importPlain(studio, ['first', 'second']);
  const second = await studio.openSecond();
  const there = parts(second);
  await expect(there.pictures).toHaveCount(2);
  const here = parts(studio);
  await here.pictures.first().click();
  await studio.page.keyboard.press('s');
  await expect(there.pictures.first()).toHaveAccessibleName(/starred/);
  await studio.page.keyboard.press('g');
  await expect(here.grid).toBeFocused();
  await expect(here.button('Back to the side panel')).toBeVisible();
  await studio.page.keyboard.press('End');
  await expect(here.pictures.last()).toHaveAttribute('aria-selected', 'true');
  await studio.page.keyboard.press('Enter');
  await expect(studio.frames).toHaveCount(3);
  await expect(here.button('Over the board')).toBeVisible();
});

test('a picture’s menu works by mouse and by keyboard; a picture is dragged onto the board', async ({ studio }) => {
  const { page } = studio;
  const { grid, pictures } = parts(studio);
  await importPlain(studio, ['one', 'two', 'three']);
  await expect(pictures).toHaveCount(3);
  const menu = page.getByRole('menu', { name: 'Picture menu' });
  const item = (name: string) => menu.getByRole('menuitem', { name });

  await pictures.nth(1).click({ button: 'right' });
  await expect(pictures.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(item('Place')).toBeFocused();
  await item('Star').click();
  await expect(menu).toBeHidden();
  await expect(pictures.nth(1)).toHaveAccessibleName(/starred/);
  await expect(grid).toBeFocused();

  // What is picked stays picked, and a press elsewhere only closes the menu.
  await page.keyboard.press('Control+a');
  await pictures.nth(2).click({ button: 'right' });
  await expect(item('Export 3 as PNG')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(grid).toBeFocused();

  await page.keyboard.press('Home');
  await page.keyboard.press('ContextMenu');
  await expect(item('Place')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(item('Show on the board')).toBeFocused();
  await item('Export as PNG').focus();
  const { fileName, bytes } = await studio.saved(() => page.keyboard.press('Enter'));
  expect(fileName).toBe('three.png');
  const texts = pngTexts(bytes);
  expect(texts.map(({ keyword }) => keyword)).toContain('ddt-studio');

  await page.keyboard.press('ContextMenu');
  await item('Show on the board').click();
  await expect(studio.frames.nth(2)).toHaveAttribute('aria-selected', 'true');

  await pictures.nth(2).dragTo(studio.board, { targetPosition: { x: 200, y: 500 } });
  await expect(studio.frames).toHaveCount(4);
  await expect(studio.frames.nth(3)).toHaveAccessibleName(/one/);

  await pictures.first().click({ button: 'right' });
  await item('Move to the trash').click();
  await expect(pictures).toHaveCount(2);
});
