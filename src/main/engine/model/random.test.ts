import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussianNoise, Random } from './random.js';

describe('Random', () => {
  test('the same seed draws the same numbers, for ever', () => {
    // Pinned: a change here changes every picture anyone has made.
    const random = new Random(7, 'noise');
    expect([random.uniform(), random.uniform(), random.uniform()]).toEqual([
      0.9244701763374991, 0.9258423443185808, 0.7817383723439315,
    ]);
  });

  test('so does its noise', () => {
    const values = new Float32Array(4);
    new Random(7, 'noise').fillGaussian(values);
    expect([...values]).toEqual([-1.0726923942565918, -2.0039427280426025, 2.1241796016693115, -0.8312550187110901]);
  });

  test('uniform numbers lie in [0, 1), whatever the seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const value = new Random(seed, 'tokens').uniform();
        return value >= 0 && value < 1;
      }),
    );
  });

  test('neighbouring seeds, far seeds and streams share nothing', () => {
    const firsts = [
      new Random(1, 'noise'),
      new Random(2, 'noise'),
      new Random(1, 'tokens'),
      new Random(1 + 2 ** 32, 'noise'),
    ];
    expect(new Set(firsts.map((random) => random.uniform())).size).toBe(firsts.length);
  });

  test('gaussian numbers have mean 0, variance 1 and the right tails', () => {
    const values = new Float32Array(100_000);
    new Random(3, 'noise').fillGaussian(values);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.004);
  });

  test('an odd length is filled to its end and no further', () => {
    const values = new Float32Array(6);
    new Random(3, 'noise').fillGaussian(values, 1, 3);
    expect(Array.from(values, (value) => value !== 0)).toEqual([false, true, true, true, false, false]);
  });
});

test('variation i has the noise of seed + i, however many there are', () => {
  const three = gaussianNoise(5, 3, 10);
  expect(three.slice(10, 20)).toEqual(gaussianNoise(6, 1, 10));
  expect(three.slice(0, 10)).not.toEqual(three.slice(10, 20));
});
