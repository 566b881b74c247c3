import { expect, it } from 'vitest';
import { decodeImage } from '../../storage/images/images.js';
import { blankImage } from './canvas.js';
import { encodeIndexedPng } from './indexed-png.js';

function noise(side: number) {
  const image = blankImage(side, side);
  let state = 1;
  for (let at = 0; at < image.data.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    if (at % 4 !== 3) image.data[at] = state >>> 24;
  }
  return image;
}

it('keeps a picture of few colours exactly', () => {
  const image = blankImage(7, 5, [10, 20, 30]);
  image.data.set([200, 100, 0, 255], 4 * 9);
  image.data.set([0, 0, 255, 255], 4 * 34);
  expect(decodeImage(encodeIndexedPng(image))).toEqual(image);
});

it('comes near every colour of a picture of many', () => {
  const image = blankImage(64, 64);
  for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) image.data.set([x * 4, y * 4, 128], (y * 64 + x) * 4);
  const { data } = decodeImage(encodeIndexedPng(image));
  const differences = data.map((value, index) => Math.abs(value - image.data[index]!));
  expect(Math.max(...differences)).toBeLessThan(24);
});

it('gives up colours to stay within a size', () => {
  const image = noise(96);
  const full = encodeIndexedPng(image);
  const limited = encodeIndexedPng(image, { maxBytes: full.length * 0.7 });
  expect(limited.length).toBeLessThanOrEqual(full.length * 0.7);
  expect(decodeImage(limited)).toMatchObject({ width: 96, height: 96 });
});

it('enlarges every pixel to a square', () => {
  const image = blankImage(2, 1, [1, 2, 3]);
  image.data.set([9, 8, 7, 255], 4);
  const { width, height, data } = decodeImage(encodeIndexedPng(image, { scale: 3 }));
  expect([width, height]).toEqual([6, 3]);
  const row = [1, 1, 1, 9, 9, 9];
  expect(Array.from({ length: 18 }, (_, pixel) => data[pixel * 4])).toEqual([...row, ...row, ...row]);
});
