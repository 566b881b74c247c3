import { expect, it } from 'vitest';
import { oklabDistance, oklabOfBytes } from './oklab.js';

it('grey has lightness alone; black and white are one apart', () => {
  const [black, grey, white] = [0, 119, 255].map((value) => oklabOfBytes(value, value, value));
  expect(oklabDistance(black!, white!)).toBeCloseTo(1, 3);
  expect(grey![1]).toBeCloseTo(0, 4);
  expect(grey![2]).toBeCloseTo(0, 4);
});

it('agrees with the published values of pure red', () => {
  const [lightness, a, b] = oklabOfBytes(255, 0, 0);
  expect(lightness).toBeCloseTo(0.628, 3);
  expect(a).toBeCloseTo(0.2249, 3);
  expect(b).toBeCloseTo(0.1258, 3);
});
