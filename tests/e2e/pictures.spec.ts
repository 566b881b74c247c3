/**
 * The decoder of main side and command line against the browser's own, on a file of every kind: at most one of 255 apart. The
 * window shows what the main side read, so a difference would be a picture that changes by coming in.
 */
import type { Page } from '@playwright/test';
import { readPicture } from '../../src/main/storage/images/images.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { pictureSet } from '../fakes/picture-set.js';
import { expect, test } from './studio.js';

test.skip(({ driver }) => driver !== 'web', 'the same browser engine in both');

test('every file of the set has the same pixels in both', async ({ page }) => {
  test.slow();
  const made = await madeByBrowser(page);
  const apart: string[] = [];
  for (const { name, bytes } of [...pictureSet, ...made]) {
    if (name === readAsMeant) continue;
    const shown = await shownBy(page, bytes);
    const read = readPicture(bytes).image;
    if (shown === null || shown.width !== read.width || shown.height !== read.height) {
      apart.push(
        `${name}: ${shown === null ? 'not shown' : `${shown.width} × ${shown.height}`} and ${read.width} × ${read.height}`,
      );
      continue;
    }
    const most = farthest(shown, read);
    if (most > (knownLimits[name] ?? 1)) apart.push(`${name}: ${most} of 255`);
  }
  expect(apart).toEqual([]);
});

/**
 * One file is left out on purpose: gAMA of 1 ⁄ 2.2 with cHRM of sRGB and no sRGB chunk. Its writers mean sRGB's own curve (decision 31);
 * Chromium takes the number as it stands, and shows dark colours up to 10 of 255 darker.
 */
const readAsMeant = 'PNG, gAMA and cHRM of sRGB';

/**
 * Known limits: 16 bits are reduced to 8 before colours are converted and seen through their alpha (decision 31), the browser does it
 * after. Nothing else may be more than one apart.
 */
const knownLimits: Record<string, number> = {
  'PNG, RGB and alpha of 16 bits': 2,
  'PNG, RGB and alpha of 16 bits, interlaced': 2,
  'PNG, 16 bits with a profile': 3,
};

/** JPEG with fewer colours than pixels, and WebP of both kinds: only the browser's encoders are at hand. */
async function madeByBrowser(page: Page): Promise<{ name: string; bytes: Uint8Array }[]> {
  const types: [name: string, type: string, quality: number][] = [
    ['JPEG of the browser, colours halved', 'image/jpeg', 0.9],
    ['WebP of the browser', 'image/webp', 0.9],
    ['WebP of the browser, lossless', 'image/webp', 1],
  ];
  return Promise.all(
    types.map(async ([name, type, quality]) => {
      const bytes = await page.evaluate(
        async ([kind, how]) => {
          const canvas = new OffscreenCanvas(64, 48);
          const context = canvas.getContext('2d')!;
          const colours = context.createLinearGradient(0, 0, 64, 48);
          ['#c33', '#3a4', '#24c', '#ed5'].forEach((colour, at) => colours.addColorStop(at / 3, colour));
          context.fillStyle = colours;
          context.fillRect(0, 0, 64, 48);
          const blob = await canvas.convertToBlob({ type: kind as string, quality: how as number });
          return [...new Uint8Array(await blob.arrayBuffer())];
        },
        [type, quality] as const,
      );
      return { name, bytes: Uint8Array.from(bytes) };
    }),
  );
}

/** As a page shows the file: decoded, upright, in sRGB. */
async function shownBy(page: Page, bytes: Uint8Array): Promise<RasterImage | null> {
  const shown = await page.evaluate(
    async (given) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(given)]), { premultiplyAlpha: 'none' }).catch(
        () => null,
      );
      if (bitmap === null) return null;
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
    },
    [...bytes],
  );
  return shown === null ? null : { ...shown, data: Uint8Array.from(shown.data) };
}

/**
 * A canvas keeps colours multiplied by their alpha, so where a pixel is transparent one of 255 in both together is what may be seen
 * as more; elsewhere the figure is the difference itself.
 */
function farthest(first: RasterImage, second: RasterImage): number {
  let most = 0;
  for (let at = 0; at < first.data.length; at += 4) {
    const [one, other] = [first.data[at + 3]!, second.data[at + 3]!];
    most = Math.max(most, Math.abs(one - other));
    for (let channel = 0; channel < 3; channel++) {
      const [a, b] = [first.data[at + channel]!, second.data[at + channel]!];
      const seen = Math.abs(a * one - b * other) / 255;
      const explained = one === 255 && other === 255 ? 0 : (Math.max(a, b) + Math.max(one, other)) / 255 - 1;
      most = Math.max(most, Math.round(seen - Math.max(0, explained)));
    }
  }
  return most;
}
