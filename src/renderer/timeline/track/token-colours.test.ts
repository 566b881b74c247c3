import { expect, it } from 'vitest';
import { rampColour, tokenColour } from './token-colours.js';

it('gets lighter with every finer token, so the order can be read without hue', () => {
  for (let step = 1; step <= 100; step++) {
    expect(rampColour(step / 100).lightness).toBeGreaterThan(rampColour((step - 1) / 100).lightness);
  }
});

it('gives index K-1 the coarse end and index 0 the fine end', () => {
  expect(tokenColour(31, 32)).toContain(rampColour(0).lightness.toFixed(3));
  expect(tokenColour(0, 32)).toContain(rampColour(1).lightness.toFixed(3));
});
