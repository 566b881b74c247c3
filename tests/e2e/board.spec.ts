/** The board as a place to work: notes, arrows, arranging, locking, the tree, the map, zoom, and pictures out of it. */
import { encodePng } from '../../src/main/storage/images/images.js';
import { expect, test, type StudioWindow } from './studio.js';

const canvases = '[aria-label="Board"] canvas';

function square(red: number): Uint8Array {
  const data = new Uint8Array(64 * 64 * 4);
  for (let at = 0; at < 64 * 64; at++) data.set([red, at & 255, 90, 255], at * 4);
  return encodePng({ width: 64, height: 64, data });
}

async function dropThree(studio: StudioWindow): Promise<void> {
  await studio.board.waitFor();
  // The timeline would keep the engine busy, and the board small.
  await studio.board.focus();
  await studio.page.keyboard.press('t');
  for (const [index, name] of ['one', 'two', 'three'].entries()) {
    await studio.paste(square(60 * (index + 1)), `${name}.png`);
    await expect(studio.frames).toHaveCount(index + 1);
  }
  await studio.board.focus();
  await studio.page.keyboard.press('Escape');
  await studio.page.keyboard.press('Control+0');
}

/** Above the row of frames, CSS pixels. */
async function emptySpot(studio: StudioWindow): Promise<{ x: number; y: number }> {
  const box = (await studio.board.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + 40 };
}

async function menu(studio: StudioWindow, name: string | RegExp): Promise<void> {
  await studio.board.focus();
  await studio.page.keyboard.press('Control+k');
  await studio.page.getByRole('dialog').getByRole('combobox').fill(String(name));
  await studio.page.keyboard.press('Enter');
}

test('notes are written in place, coloured, undone and found again; arrows are drawn', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);
  const spot = await emptySpot(studio);
  const notes = studio.page.getByRole('option', { name: /^Note: / });

  await test.step('a note', async () => {
    await page.mouse.dblclick(spot.x, spot.y);
    const field = page.getByRole('textbox', { name: 'Words of the note' });
    await field.fill('warmer light\nfrom the left');
    await field.press('Escape');
    await expect(field).toBeHidden();
    await expect(notes).toHaveCount(1);
    const bar = page.getByRole('toolbar', { name: 'Notes and arrows' });
    await bar.getByRole('button', { name: 'blue' }).click();
    await expect(bar.getByRole('button', { name: 'blue' })).toHaveAttribute('aria-pressed', 'true');
  });

  await test.step('an empty note leaves nothing behind', async () => {
    await page.keyboard.press('n');
    await page.mouse.click(spot.x - 300, spot.y);
    await page.getByRole('textbox', { name: 'Words of the note' }).press('Escape');
    await expect(notes).toHaveCount(1);
  });

  await test.step('an arrow', async () => {
    await page.keyboard.press('a');
    await page.mouse.move(spot.x - 320, spot.y + 10);
    await page.mouse.down();
    await page.mouse.move(spot.x - 200, spot.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect(page.getByRole('option', { name: 'Arrow' })).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('undo, redo and a reload keep them', async () => {
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.click();
    await expect(page.getByRole('option', { name: 'Arrow' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect(page.getByRole('option', { name: 'Arrow' })).toHaveCount(1);
    await page.reload();
    await expect(notes).toHaveAccessibleName(/warmer light/);
    await expect(studio.frames).toHaveCount(5);
  });
});

test('frames are moved, aligned and locked', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);

  await test.step('moved by keys, then aligned in one step', async () => {
    await studio.frames.first().evaluate((option: HTMLElement) => option.click());
    const before = await page.evaluate(lookAt, canvases);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(lookAt, canvases)).not.toBe(before);
    await page.getByRole('button', { name: 'Undo' }).hover();
    await expect(page.getByText('Undo: Move “one”')).toBeVisible();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+Shift+ArrowUp');
    // The pointer rests, what the hint says does not.
    await expect(page.getByText('Undo: Align 3 frames')).toBeVisible();
  });

  await test.step('what is locked stays', async () => {
    await studio.frames.first().evaluate((option: HTMLElement) => option.click());
    await studio.board.focus();
    await page.keyboard.press('Control+Shift+L');
    await expect(studio.frames.first()).toHaveAccessibleName(/locked/);
    await page.keyboard.press('Delete');
    await expect(page.getByText(/locked item stayed/)).toBeVisible();
    await expect(studio.frames).toHaveCount(3);
  });
});

test('the camera: zoom at the pointer between 2 and 3200 %, the map, two fingers', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);
  const percent = page.getByRole('button', { name: /^Zoom, / });
  const zoomed = async (): Promise<number> => Number.parseFloat((await percent.innerText()).replace(/[^\d.]/g, ''));
  const box = (await studio.board.boundingBox())!;
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 3);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 30; turn++) await page.mouse.wheel(0, -120);
  await expect.poll(zoomed).toBe(3200);
  for (let turn = 0; turn < 50; turn++) await page.mouse.wheel(0, 120);
  await expect.poll(zoomed).toBe(2);
  await page.keyboard.up('Control');

  await test.step('the map goes where it is pressed and can be hidden', async () => {
    await page.keyboard.press('Control+0');
    const map = page.getByRole('application', { name: /^Map of the board/ });
    const before = await page.evaluate(lookAt, canvases);
    await map.click({ position: { x: 20, y: 20 } });
    await expect.poll(() => page.evaluate(lookAt, canvases)).not.toBe(before);
    await map.press('ArrowLeft');
    await studio.board.focus();
    await page.keyboard.press('Shift+M');
    await expect(map).toBeHidden();
  });

  await test.step('two fingers zoom, with a brush in the hand too, and paint nothing', async () => {
    for (const tool of ['v', 'b']) {
      await studio.board.focus();
      await page.keyboard.press(tool);
      await page.keyboard.press('Control+1');
      await fingers(studio, [
        ['pointerdown', 11, 300, 200],
        ['pointerdown', 12, 400, 200],
        ['pointermove', 11, 250, 200],
        ['pointermove', 12, 450, 200],
        ['pointerup', 11, 250, 200],
        ['pointerup', 12, 450, 200],
      ]);
      await expect.poll(zoomed).toBe(200);
    }
    await expect(page.getByRole('option', { name: /has a mask/ })).toHaveCount(0);
    await page.keyboard.press('v');
  });

  await test.step('a finger that lies still opens the menu, which stays when it is lifted', async () => {
    await page.keyboard.press('Control+0');
    await fingers(studio, [['pointerdown', 13, box.width / 2, box.height / 2]]);
    const board = page.getByRole('menu', { name: 'Board menu' });
    await expect(board).toBeVisible();
    await fingers(studio, [['pointerup', 13, box.width / 2, box.height / 2]]);
    await expect(board.getByRole('menuitem', { name: /^Duplicate/ })).toBeVisible();
    await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(board).toBeHidden();
    await expect(studio.board).toBeFocused();
  });
});

test('a mask is drawn with the keys alone, said aloud, and undone', async ({ studio }) => {
  const { page, board } = studio;
  await dropThree(studio);
  await studio.frames.first().evaluate((option: HTMLElement) => option.click());
  await board.focus();
  await page.keyboard.press('b');
  const said = board.locator('[aria-live="polite"]').filter({ hasText: /masked|mask covers|no mask/ });
  await page.keyboard.press('ArrowLeft');
  await expect(said).toHaveText('Brush at 31, 32 of 64 × 64, not masked');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(said).toHaveText('Brush at 39, 32 of 64 × 64, not masked, drawing');
  await page.keyboard.press('Enter');
  await expect(said).toHaveText(/^The mask covers \d+ % of the picture$/);
  await expect(studio.frames.first()).toHaveAccessibleName(/has a mask/);
  await page.keyboard.press('+');
  await expect(said).toHaveText(/, grown by 1 px$/);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(said).toHaveText('There is no mask');

  await test.step('a rectangle between two corners; Escape gives one up', async () => {
    await page.keyboard.press('u');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Escape');
    await expect(said).toHaveText(/^Rectangle at/);
    await expect(page.getByRole('button', { name: 'Mask rectangle' })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await expect(said).toHaveText('The mask covers 2 % of the picture');
  });
});

test('what is copied is pasted as what it was', async ({ studio, driver }) => {
  test.skip(driver !== 'web', 'Only a browser asks for the clipboard.');
  const { page, frames } = studio;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dropThree(studio);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await expect(page.getByText('Picture copied')).toBeVisible();
  await page.keyboard.press('Control+v');
  await expect(frames).toHaveCount(6);
  await expect(page.getByRole('option', { name: /^two,/ })).toHaveCount(2);
  await expect(page.getByRole('option', { selected: true })).toHaveCount(3);

  await test.step('in another project too', async () => {
    await page.getByRole('button', { name: 'Untitled' }).click();
    await page.getByText('New project').click();
    await expect(frames).toHaveCount(0);
    await studio.board.focus();
    await page.keyboard.press('Control+v');
    await expect(frames).toHaveCount(3);
    await expect(page.getByRole('option', { name: /^two,/ })).toHaveCount(1);
    await page.reload();
    await expect(frames).toHaveCount(3);
  });
});

test('the board and a selection leave as one picture', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);
  expect((await studio.saved(() => menu(studio, 'Export the board'))).fileName).toMatch(/board\.png$/);
  await expect(page.getByText(/as one picture of \d+ × \d+ pixels/)).toBeVisible();
});

/** Fingers on the board, CSS pixels from its corner; the browser's own touch cannot be had from every driver. */
async function fingers(
  studio: StudioWindow,
  events: [type: string, id: number, x: number, y: number][],
): Promise<void> {
  await studio.board.evaluate((board, all) => {
    const { left, top } = board.getBoundingClientRect();
    board.setPointerCapture = () => {};
    for (const [type, pointerId, x, y] of all) {
      const place = { clientX: left + x, clientY: top + y, pointerId, pointerType: 'touch', bubbles: true };
      board.dispatchEvent(new PointerEvent(type, { ...place, button: type === 'pointermove' ? -1 : 0 }));
    }
  }, events);
}

/** Runs in the page: a fingerprint of what the canvases show. */
function lookAt(selector: string): string {
  let hash = 0x811c9dc5;
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>(selector)) {
    if (canvas.width === 0) continue;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) hash = Math.imul(hash ^ data[at]! ^ (data[at + 1]! << 8), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

test('a double click shows a picture as large as fits', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);
  const zoom = page.getByRole('button', { name: /^Zoom, \d+ %$/ });
  const before = await zoom.innerText();
  const box = (await studio.board.boundingBox())!;
  // The middle one of the three.
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await expect(zoom).not.toHaveText(before);
  await expect(studio.frames.and(page.getByRole('option', { selected: true }))).toHaveCount(1);
  const close = await zoom.innerText();
  await page.keyboard.press('Control+0');
  await expect(zoom).toHaveText(before);
  await page.keyboard.press('Control+2');
  await expect(zoom).toHaveText(close);
});

test('keys act on nothing behind a dialog, and the search field has the focus', async ({ studio }) => {
  const { page } = studio;
  await dropThree(studio);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByRole('textbox', { name: 'Search shortcuts' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Delete');
  await page.keyboard.press('n');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(studio.frames).toHaveCount(3);
});
