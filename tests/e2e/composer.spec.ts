/** Presets, grids over two parameters, and shortcuts a person has made their own. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './studio.js';

/** What the preset spends on each picture. */
async function effortOf(composer: Locator, preset: string): Promise<number> {
  await composer.getByRole('radio', { name: preset }).click();
  const steps = await composer.getByRole('textbox', { name: 'Steps, number' }).inputValue();
  const bestOf = await composer.getByRole('textbox', { name: 'Best of, number' }).inputValue();
  return Number(steps) * Number(bestOf);
}

test('presets are the pack’s settings at three speeds, and a person’s own beside them', async ({ studio }) => {
  const { page } = studio;
  await studio.waitUntilReady();
  const composer = page.getByRole('region', { name: 'Composer' });
  const custom = composer.getByRole('radio', { name: 'Custom' });
  await composer.getByText('Sampling').click();

  // A pack that draws in one step has nothing faster than Balanced.
  const presets = composer
    .getByRole('radiogroup', { name: 'Preset' })
    .getByRole('radio', { name: /^(Fast|Balanced|Best)$/ });
  const names = await presets.allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(2);
  const efforts: number[] = [];
  for (const preset of names) efforts.push(await effortOf(composer, preset));
  expect(efforts).toEqual(efforts.toSorted((a, b) => a - b));
  expect(new Set(efforts).size).toBe(names.length);
  await expect(custom).toBeDisabled();

  const topK = composer.getByRole('textbox', { name: 'Top-k, number' });
  await topK.fill('7');
  await topK.press('Enter');
  await expect(custom).toHaveAttribute('aria-checked', 'true');
  await presets.first().click();
  await expect(topK).not.toHaveValue('7');
  // The radio group is walked by arrow keys; Custom lies to the left of the first one.
  await page.keyboard.press('ArrowLeft');
  await expect(custom).toHaveAttribute('aria-checked', 'true');
  await expect(topK).toHaveValue('7');

  await page.reload();
  await expect(custom).toHaveAttribute('aria-checked', 'true');
  await composer.getByRole('button', { name: 'Reset to pack defaults' }).click();
  await expect(composer.getByRole('radio', { name: 'Balanced' })).toHaveAttribute('aria-checked', 'true');
  await expect(custom).toBeDisabled();
});

test('a grid is set up, made, used and placed on the board', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  await studio.waitUntilReady();
  await studio.prompt.fill('a red circle');
  await board.focus();
  await page.keyboard.press('Shift+Y');
  const grid = page.getByRole('dialog', { name: 'X/Y grid' });
  const make = grid.getByRole('button', { name: 'Make the grid' });
  const columns = grid.getByRole('textbox', { name: 'Columns: values' });

  await test.step('what cannot be read is said beside the field', async () => {
    await columns.fill('1-');
    await expect(grid.getByText('“1-” is no number and no range')).toBeVisible();
    await expect(make).toBeDisabled();
    await columns.fill('1-2');
    await grid.getByRole('combobox', { name: 'Rows: parameter' }).selectOption('steps');
    await grid.getByRole('textbox', { name: 'Rows: values' }).fill('1, 2');
    await expect(grid.getByText('4 pictures: tokens are written 2 times and shared.')).toBeVisible();
  });

  await test.step('choices in braces are never sent as they stand: they are a side of the grid', async () => {
    await grid.getByRole('button', { name: 'Close' }).click();
    await studio.prompt.fill('a {red|blue} circle');
    await board.focus();
    await page.keyboard.press('Shift+Y');
    await expect(grid.getByText(/choose Prompt for a side/).first()).toBeVisible();
    await expect(make).toBeDisabled();
    await grid.getByRole('combobox', { name: 'Rows: parameter' }).selectOption('prompt');
    await expect(grid.getByRole('textbox', { name: 'Rows: values' })).toHaveValue('a {red|blue} circle');
    await expect(grid.getByText('4 pictures.', { exact: true })).toBeVisible();
    await grid.getByRole('combobox', { name: 'Rows: parameter' }).selectOption('steps');
    await grid.getByRole('button', { name: 'Close' }).click();
    await studio.prompt.fill('a red circle');
    await board.focus();
    await page.keyboard.press('Shift+Y');
    await expect(make).toBeEnabled();
  });

  const cells = grid.getByRole('table', { name: 'Grid' }).getByRole('button', { pressed: false });
  const pictures = grid.getByRole('table', { name: 'Grid' }).locator('img');
  await test.step('cells appear as they are made', async () => {
    await make.click();
    await expect(pictures.first()).toBeVisible({ timeout: 60_000 });
    await expect(pictures).toHaveCount(4, { timeout: 90_000 });
    await expect(grid.getByRole('columnheader', { name: 'Seed 2' })).toBeVisible();
    await expect(grid.getByRole('rowheader', { name: 'Steps 1' })).toBeVisible();
  });

  await test.step('the sheet is saved as a picture', async () => {
    const { fileName } = await studio.saved(() => grid.getByRole('button', { name: 'Save as PNG' }).click());
    expect(fileName).toBe('grid a red circle.png');
  });

  await test.step('all of it goes onto the board in one step, its legends as notes', async () => {
    await grid.getByRole('button', { name: 'Place all on the board' }).click();
    await expect(grid).toBeHidden();
    await expect(frames).toHaveCount(8);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(frames).toHaveCount(0);
  });

  await test.step('a cell picked by keys goes back into the composer', async () => {
    await board.focus();
    await page.keyboard.press('Shift+Y');
    await cells.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(grid.getByRole('button', { name: 'Steps 2 · Seed 2' })).toHaveAttribute('aria-pressed', 'true');
    await grid.getByRole('button', { name: 'Use in the composer' }).click();
    const composer = page.getByRole('region', { name: 'Composer' });
    await expect(composer.getByRole('textbox', { name: 'Seed' })).toHaveValue('2');
    await expect(composer.getByRole('radio', { name: 'Custom' })).toHaveAttribute('aria-checked', 'true');
  });

  await test.step('a grid that takes too long is stopped, and what is there stays', async () => {
    await board.focus();
    await page.keyboard.press('Shift+Y');
    await columns.fill('1-12');
    await grid.getByRole('textbox', { name: 'Rows: values' }).fill('1, 60');
    await make.click();
    await expect(pictures.first()).toBeVisible({ timeout: 60_000 });
    await grid.getByRole('button', { name: 'Stop' }).click();
    await expect(grid.getByText(/^Stopped at \d+ of 24\.$/)).toBeVisible();
    await expect(make).toBeEnabled();
  });

  await test.step('after a reload it is there, says what was not made, and the rest can be made', async () => {
    const countIn = async (words: Locator): Promise<number> => Number(/\d+/.exec(await words.innerText())![0]);
    const stopped = await countIn(grid.getByText(/^Stopped at/));
    await page.reload();
    await studio.waitUntilReady();
    await board.focus();
    await page.keyboard.press('Shift+Y');
    const interrupted = grid.getByText(/^Interrupted at \d+ of 24: the rest was not made\.$/);
    await expect(interrupted).toBeVisible();
    // The cell under way may have been finished after the stop.
    const made = await countIn(interrupted);
    expect([stopped, stopped + 1]).toContain(made);
    await expect(pictures).toHaveCount(made);
    await grid.getByRole('button', { name: 'Make the rest' }).click();
    await expect(grid.getByText(`${made + 1} of 24`, { exact: true })).toBeVisible({ timeout: 60_000 });
    await grid.getByRole('button', { name: 'Stop' }).click();
    await expect(grid.getByText(/^Stopped at \d+ of 24\.$/)).toBeVisible();
  });
});

test('a frame is edited over two parameters, and what comes of it is its children', async ({ studio }) => {
  test.slow();
  const { page, frames, board } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red boat');
  await board.focus();
  await page.keyboard.press('Shift+Y');
  const grid = page.getByRole('dialog', { name: 'X/Y grid' });
  await grid.getByRole('radio', { name: 'Edits' }).click();
  const columns = grid.getByRole('combobox', { name: 'Columns: parameter' });
  await columns.selectOption('Instruction');
  await grid.getByRole('textbox', { name: 'Columns: values' }).fill('make the boat {blue|green}');
  await grid.getByRole('combobox', { name: 'Rows: parameter' }).selectOption('None');
  await grid.getByRole('button', { name: 'Make the grid' }).click();
  const cells = grid.getByRole('table', { name: 'Grid' }).getByRole('button', { pressed: false });
  await expect(cells).toHaveCount(2, { timeout: 120_000 });
  await cells.last().click();
  await grid.getByRole('button', { name: 'Place 1 on the board' }).click();
  await expect(frames).toHaveCount(2);
  await expect(page.getByRole('complementary').or(page.locator('aside')).first()).toContainText('make the boat green');
});

async function openSheet(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  return page.getByRole('dialog', { name: 'Keyboard shortcuts' });
}

test('shortcuts are changed, conflicts named, and everything shows the new keys', async ({ studio }) => {
  const { page, board } = studio;
  await studio.waitUntilReady();
  let sheet = await openSheet(page);

  await test.step('keys the browser keeps are refused with the reason', async () => {
    await sheet.getByRole('button', { name: 'Change H, Hand' }).click();
    await page.keyboard.press('F5');
    await expect(sheet.getByRole('alert')).toContainText('loaded again');
    await page.keyboard.press('Escape');
    await expect(sheet).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Change H, Hand' })).toBeFocused();
  });

  await test.step('keys of another command are taken over only when the person says so', async () => {
    await sheet.getByRole('button', { name: 'Change H, Hand' }).click();
    await page.keyboard.press('v');
    await expect(sheet.getByRole('alert')).toContainText('“Select and move”');
    await sheet.getByRole('alert').getByRole('button', { name: 'Cancel' }).click();
    await expect(sheet.getByRole('button', { name: 'Change V, Select and move' })).toBeVisible();
    await sheet.getByRole('button', { name: 'Change H, Hand' }).click();
    await page.keyboard.press('v');
    await sheet.getByRole('button', { name: 'Take it over' }).click();
    await expect(sheet.getByRole('button', { name: 'Change V, Hand' })).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Change V, Select and move' })).toBeHidden();
    await sheet.getByRole('button', { name: 'Add keys, Select and move' }).click();
    await page.keyboard.press('Shift+Q');
    await expect(sheet.getByRole('button', { name: 'Reset all (2)' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
  });

  await test.step('the keys do what they say now, and the palette shows them', async () => {
    const hand = page.getByRole('button', { name: 'Hand', exact: true });
    await board.focus();
    await page.keyboard.press('h');
    await expect(hand).toHaveAttribute('aria-pressed', 'false');
    await page.keyboard.press('v');
    await expect(hand).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Shift+Q');
    await expect(hand).toHaveAttribute('aria-pressed', 'false');
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox', { name: 'Search commands' }).fill('select and move');
    await expect(page.getByRole('option', { name: /Select and move/ })).toContainText('Q');
    await page.keyboard.press('Escape');
  });

  await test.step('they outlive a reload, and are reset at once', async () => {
    await page.reload();
    sheet = await openSheet(page);
    await expect(sheet.getByRole('button', { name: 'Change V, Hand' })).toBeVisible();
    await sheet.getByRole('button', { name: 'Reset the keys, Hand' }).click();
    await expect(sheet.getByRole('button', { name: 'Change H, Hand' })).toBeVisible();
    await sheet.getByRole('button', { name: /^Reset all/ }).click();
    await expect(sheet.getByRole('button', { name: 'Change V, Select and move' })).toBeVisible();
    await expect(sheet.getByRole('button', { name: /^Reset all/ })).toBeDisabled();
    await sheet.getByRole('textbox', { name: 'Search shortcuts' }).fill('ctrl d');
    await expect(sheet.getByRole('listitem')).toHaveCount(1);
  });
});

test('keys of the comparison and the gallery are changed like all others', async ({ studio }) => {
  const { page, board } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  await studio.generate('a blue square');

  await test.step('both are on the sheet, each in its own context', async () => {
    const sheet = await openSheet(page);
    await sheet.getByRole('button', { name: 'Change X, Swap before and after' }).click();
    await page.keyboard.press('w');
    await sheet.getByRole('button', { name: 'Change S, Star, or take the star away' }).click();
    await page.keyboard.press('q');
    await expect(sheet.getByRole('button', { name: 'Reset all (2)' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('the comparison swaps by the new key alone', async () => {
    await board.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('C');
    const dialog = page.getByRole('dialog', { name: 'Compare' });
    const names = dialog.locator('.names .name');
    const before = await names.first().textContent();
    await page.keyboard.press('x');
    await expect(names.first()).toHaveText(before ?? '');
    await page.keyboard.press('w');
    await expect(names.first()).not.toHaveText(before ?? '');
    await page.keyboard.press('4');
    await expect(dialog.getByRole('radio', { name: 'Difference' })).toHaveAttribute('aria-checked', 'true');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await test.step('the gallery stars by the new key', async () => {
    await board.focus();
    await page.keyboard.press('G');
    const grid = page.getByRole('listbox', { name: 'Pictures' });
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('q');
    await expect(page.getByRole('button', { name: 'Take the star away' })).toBeVisible();
  });
});

test('typing or running in a tab makes it the chosen one: no stale edit follows', async ({ studio }) => {
  const { page, frames } = studio;
  await studio.waitUntilReady();
  await studio.generate('a red circle');
  const tabs = page.getByRole('tablist', { name: 'Task' });
  await tabs.getByRole('tab', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Instruction' }).fill('make the circle blue');
  await studio.board.press('Escape');
  await expect(tabs.getByRole('tab', { name: 'Generate' })).toHaveAttribute('aria-selected', 'true');
  await studio.prompt.fill('a green star');
  await studio.prompt.press('Control+Enter');
  await expect(frames).toHaveCount(2, { timeout: 90_000 });
  await expect(tabs.getByRole('tab', { name: 'Generate' })).toHaveAttribute('aria-selected', 'true');
});
