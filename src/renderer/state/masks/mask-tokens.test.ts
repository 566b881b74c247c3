import fc from 'fast-check';
import { expect, it } from 'vitest';
import { influenceMap } from '../../../shared/tokens/influence.js';
import { influenceInMask, tokensThatMatter } from './mask-tokens.js';
import { rectangleMask } from './mask-shapes.js';

const left = rectangleMask(8, 8, { x: 0, y: 0 }, { x: 4, y: 8 });
/** Changes `inside` in the left half of the picture and `outside` in the right one. */
const group = (from: number, to: number, inside: number, outside: number) => ({
  from,
  to,
  map: influenceMap([inside, outside, inside, outside], 2, 2),
});

it('measures the change under the mask only', () => {
  expect(influenceInMask(group(0, 0, 0.4, 0.9), left)).toBeCloseTo(0.4, 2);
  expect(influenceInMask(group(0, 0, 0.4, 0.9), { width: 1, height: 1, data: Uint8Array.of(0) })).toBe(0);
});

it('takes the fewest tokens that make up the share, and never one that changes nothing there', () => {
  const groups = [group(0, 1, 0.1, 0), group(2, 2, 0, 1), group(3, 3, 0.6, 0.1), group(4, 5, 0.3, 0.8)];
  expect(tokensThatMatter(groups, left, 0.5)).toEqual([3]);
  expect(tokensThatMatter(groups, left, 0.8)).toEqual([3, 4, 5]);
  expect(tokensThatMatter(groups, left, 1)).toEqual([0, 1, 3, 4, 5]);
  expect(tokensThatMatter(groups, left, 0)).toEqual([]);
});

it('a larger share never lets go of a token', () => {
  const groups = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  );
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(groups, share, share, (changes, a, b) => {
      const all = changes.map(([inside, outside], index) => group(index, index, inside, outside));
      const few = tokensThatMatter(all, left, Math.min(a, b));
      const many = tokensThatMatter(all, left, Math.max(a, b));
      expect(few.filter((index) => !many.includes(index))).toEqual([]);
    }),
  );
});
