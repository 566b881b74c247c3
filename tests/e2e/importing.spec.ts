import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../src/main/storage/images/images.js';
import { GifWriter } from '../../src/shared/pictures/gif.js';
import { expect, test } from './studio.js';

/** A picture with something in it: a warm disc on a cold ground. */
function disc(size: number): Uint8Array {
  const data = new Uint8Array(size * size * 4);
  for (let at = 0; at < size * size; at++) {
    const inside = Math.hypot((at % size) - size / 2, Math.floor(at / size) - size / 2) < size / 4;
    data.set(inside ? [222, 46, 48, 255] : [112, 160, 234, 255], at * 4);
  }
  return encodePng({ width: size, height: size, data });
}

test('images come in by drop and by paste and can be explored like any other', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(disc(200), 'dropped.png');
  await expect(studio.frames).toHaveCount(1);
  await expect(studio.frames.first()).toHaveAccessibleName(/dropped.*imported, 200 by 200 pixels/);
  await studio.paste(disc(64), 'pasted.png');
  await expect(studio.frames).toHaveCount(2);
  await expect(studio.slider).toBeVisible();
  const empty = '811c9dc5';
  await expect.poll(() => studio.panePixels('With tokens'), { timeout: 60_000 }).not.toBe(empty);
});

test('a corrupt image is refused in words and nothing changes', async ({ studio }) => {
  await studio.waitUntilReady();
  await studio.drop(new TextEncoder().encode('not a picture'), 'broken.png');
  await expect(studio.alerts).toContainText('broken.png');
  await expect(studio.frames).toHaveCount(0);
  await studio.drop(disc(64), 'whole.png');
  await expect(studio.frames).toHaveCount(1);
});

test('a picture beyond the limits comes in smaller, and that is said', async ({ studio }) => {
  await studio.waitUntilReady();
  const data = new Uint8Array(10_000 * 10 * 4).fill(160);
  await studio.drop(encodePng({ width: 10_000, height: 10, data }), 'band.png');
  await expect(
    studio.page.getByText('“band.png”: It was made smaller, from 10000 × 10 to 8192 × 8 pixels'),
  ).toBeVisible();
  await expect(studio.frames.first()).toHaveAccessibleName(/imported, 8192 by 8 pixels/);
});

test('animated files come in as their first frame, and that is said', async ({ studio }) => {
  await studio.waitUntilReady();
  const writer = new GifWriter(40, 30, Uint8Array.of(10, 20, 30, 240, 200, 20));
  for (const value of [0, 255])
    writer.add({ width: 40, height: 30, data: new Uint8Array(40 * 30 * 4).fill(value) }, 100);
  const brought = (name: string) => readFileSync(join(import.meta.dirname, '..', 'brought', name));
  const files: [name: string, bytes: Uint8Array][] = [
    ['moves.gif', writer.finish()],
    ['moves.png', brought('i13-apng.png')],
  ];
  for (const [index, [name, bytes]] of files.entries()) {
    await studio.drop(bytes, name);
    await expect(studio.page.getByText(`“${name}”: It is animated; its first frame was taken.`).first()).toBeVisible();
    await expect(studio.frames).toHaveCount(index + 1);
  }
});
