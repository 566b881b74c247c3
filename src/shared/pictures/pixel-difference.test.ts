import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overWhite, pixelDifference } from './pixel-difference.js';

const differenceOf = (a: number[], b: number[]) =>
  pixelDifference({ data: Uint8Array.from(a) }, { data: Uint8Array.from(b) });

it('measures by the channel that changed most, and by all three', () => {
  const a = [10, 20, 30, 255, 0, 0, 0, 255];
  const b = [13, 20, 90, 255, 0, 0, 0, 255];
  const { levels, sums, mean, largest, changed, visible } = differenceOf(a, b);
  expect([...levels]).toEqual([60, 0]);
  expect([...sums]).toEqual([63, 0]);
  expect(mean).toBe((3 + 60) / 6);
  expect(largest).toBe(60);
  expect([changed, visible]).toEqual([0.5, 0.5]);
});

it('tells what nobody sees from what can be seen', () => {
  expect(differenceOf([100, 100, 100, 255], [111, 100, 100, 255])).toMatchObject({ changed: 1, visible: 0 });
  expect(differenceOf([100, 100, 100, 255], [112, 100, 100, 255])).toMatchObject({ changed: 1, visible: 1 });
});

it('counts colours alone; over white, transparent pixels are white', () => {
  expect(differenceOf([0, 0, 0, 0], [0, 0, 0, 255]).largest).toBe(0);
  expect([...overWhite([0, 0, 0, 0, 0, 0, 0, 255, 10, 200, 55, 255])]).toEqual(
    [255, 255, 255, 255, 0, 0, 0, 255, 10, 200, 55, 255], // prettier-ignore
  );
  expect([...overWhite([100, 100, 100, 51])]).toEqual([224, 224, 224, 255]);
});

it('is symmetric, and nothing for the same picture', () => {
  const rgba = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((data) => ({ data }));
  fc.assert(
    fc.property(rgba, rgba, (a, b) => {
      expect(pixelDifference(a, b)).toEqual(pixelDifference(b, a));
      expect(pixelDifference(a, a)).toMatchObject({ mean: 0, largest: 0, changed: 0 });
    }),
  );
});
