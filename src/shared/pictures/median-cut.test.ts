import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meansOf, medianCut, type CountedColours } from './median-cut.js';

const counted = (colours: readonly (readonly number[])[]): CountedColours => ({
  values: Float64Array.from(colours.flatMap(([red, green, blue]) => [red!, green!, blue!])),
  weights: Float64Array.from(colours, ([, , , weight]) => weight ?? 1),
});

it('cuts where colours lie farthest apart, and means weigh by pixels', () => {
  const colours = counted([
    [0, 0, 0, 1],
    [10, 0, 0, 1],
    [0, 200, 0, 2],
  ]);
  const groups = medianCut(colours, 2);
  expect(groups).toEqual([[0, 1], [2]]);
  expect([...meansOf(colours, groups)]).toEqual([5, 0, 0, 0, 200, 0]);
  expect(medianCut(colours, 255)).toHaveLength(3);
  expect(medianCut(counted([]), 8)).toEqual([]);
});

it('puts every colour into exactly one of at most so many groups', () => {
  const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 99 }));
  fc.assert(
    fc.property(fc.array(colour, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (list, size) => {
      const groups = medianCut(counted(list), size);
      expect(groups.length).toBeLessThanOrEqual(size);
      expect(groups.every((group) => group.length > 0)).toBe(true);
      expect(groups.flat().sort((a, b) => a - b)).toEqual([...list.keys()]);
    }),
  );
});
