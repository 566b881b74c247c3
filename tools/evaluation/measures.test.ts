import { describe, expect, it } from 'vitest';
import { bootstrapInterval, quantile, wilsonInterval } from './measures.js';
import { peakSignalToNoise } from '../../src/shared/pictures/psnr.js';

const grey = (value: number) => ({
  width: 2,
  height: 1,
  data: Uint8Array.of(value, value, value, 255, value, value, value, 0),
});

describe('peakSignalToNoise', () => {
  it('is infinite for equal pictures and looks at RGB only', () => {
    const other = grey(10);
    other.data[3] = 0;
    expect(peakSignalToNoise(grey(10), other)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is 20 dB for an error of a tenth of the range', () => {
    expect(peakSignalToNoise(grey(0), grey(25.5))).toBeCloseTo(20 * Math.log10(255 / 25), 6);
  });
});

describe('wilsonInterval', () => {
  // Reference values: R, prop.test(…, correct = FALSE).
  it.each([
    [0, 10, 0, 0.2775],
    [8, 10, 0.4902, 0.9433],
    [100, 100, 0.963, 1],
  ])('of %i in %i', (successes, count, low, high) => {
    const interval = wilsonInterval(successes, count);
    expect(interval[0]).toBeCloseTo(low, 3);
    expect(interval[1]).toBeCloseTo(high, 3);
  });
});

it('bootstrapInterval covers the mean, repeats itself and narrows with more values', () => {
  const values = Array.from({ length: 100 }, (_, index) => index % 10);
  const [low, high] = bootstrapInterval(values);
  expect(bootstrapInterval(values)).toEqual([low, high]);
  expect(low).toBeLessThan(4.5);
  expect(high).toBeGreaterThan(4.5);
  const [fewLow, fewHigh] = bootstrapInterval(values.slice(0, 10));
  expect(high - low).toBeLessThan(fewHigh - fewLow);
});

it('quantile interpolates between order statistics', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});
