import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pixelDifference } from './pixel-difference.js';

it('measures by the channel that changed most', () => {
  const a = [10, 20, 30, 255, 0, 0, 0, 255];
  const b = [13, 20, 90, 255, 0, 0, 0, 255];
  const { levels, mean, largest, changed } = pixelDifference(a, b);
  expect([...levels]).toEqual([60, 0]);
  expect(mean).toBe((3 + 60) / 6);
  expect(largest).toBe(60);
  expect(changed).toBe(0.5);
});

it('passes over what nobody sees', () => {
  expect(pixelDifference([100, 100, 100, 255], [111, 100, 100, 255]).changed).toBe(0);
  expect(pixelDifference([100, 100, 100, 255], [112, 100, 100, 255]).changed).toBe(1);
});

it('sees transparent pixels as white', () => {
  expect(pixelDifference([0, 0, 0, 0], [255, 255, 255, 255]).largest).toBe(0);
  expect(pixelDifference([0, 0, 0, 0], [0, 0, 0, 255]).largest).toBe(255);
});

it('is symmetric, and nothing for the same picture', () => {
  const rgba = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(rgba, rgba, (a, b) => {
      expect(pixelDifference(a, b)).toEqual(pixelDifference(b, a));
      expect(pixelDifference(a, a)).toMatchObject({ mean: 0, largest: 0, changed: 0 });
    }),
  );
});
