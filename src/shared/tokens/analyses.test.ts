import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doublingCounts, strideOrder } from './analyses.js';

test('a stride exchanges halves: every token moves by that many places', () => {
  expect(strideOrder([7, 6, 5, 4, 3, 2, 1, 0], 1)).toEqual([6, 7, 4, 5, 2, 3, 0, 1]);
  expect(strideOrder([7, 6, 5, 4, 3, 2, 1, 0], 2)).toEqual([5, 4, 7, 6, 1, 0, 3, 2]);
  expect(strideOrder([6, 5, 4, 3, 2, 1, 0], 2)).toEqual([4, 3, 6, 5, 0, 2, 1]);
  expect(strideOrder([2, 1, 0], 0)).toEqual([2, 1, 0]);
});

test('no token is lost, and none moves further than the stride', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 45 }), (count, stride) => {
      const order = Array.from({ length: count }, (_, index) => index);
      const shuffled = strideOrder(order, stride);
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(order);
      for (const [place, index] of shuffled.entries()) expect(Math.abs(place - index)).toBeLessThanOrEqual(stride);
    }),
  );
});

test('token counts double up to all of them', () => {
  expect(doublingCounts(32)).toEqual([1, 2, 4, 8, 16, 32]);
  expect(doublingCounts(24)).toEqual([1, 2, 4, 8, 16, 24]);
  expect(doublingCounts(1)).toEqual([1]);
});
