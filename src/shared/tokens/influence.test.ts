import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { influenceAt, influenceMap, influencesAtPlace, tokenGroups, wholeGroups } from './influence.js';

const maps = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, values })),
  );

describe('influenceMap', () => {
  it('keeps every value to half a step of its own scale', () => {
    fc.assert(
      fc.property(maps, ({ width, height, values }) => {
        const map = influenceMap(values, width, height);
        expect(map.scale).toBe(Math.max(...values));
        values.forEach((value, index) => {
          const found = influenceAt(map, index % width, Math.floor(index / width));
          expect(Math.abs(found - value)).toBeLessThanOrEqual(map.scale / 510 + 1e-12);
        });
        expect(influenceAt(map, width, 0)).toBe(0);
        expect(influenceAt(map, 0, -1)).toBe(0);
      }),
    );
  });
});

describe('influencesAtPlace', () => {
  const only = (cell: number, value: number) =>
    influenceMap(
      Array.from({ length: 4 }, (_, index) => (index === cell ? value : 0)),
      2,
      2,
    );
  const groups = [
    { from: 0, to: 0, map: only(3, 0.2) },
    { from: 1, to: 2, map: only(3, 0.6) },
    { from: 3, to: 3, map: only(0, 0.9) },
  ];

  it('names the groups that change a place, strongest first, with their shares', () => {
    const found = influencesAtPlace(groups, 0.99, 0.51);
    expect(found.map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [0, 0],
      [3, 3],
    ]);
    expect(found.map(({ share }) => share)).toEqual([0.6 / 0.8, 0.2 / 0.8, 0].map((share) => expect.closeTo(share, 9)));
    expect(influencesAtPlace(groups, 0, 0)[0]).toMatchObject({ from: 3, share: 1 });
    expect(influencesAtPlace(groups, 1, 0).every(({ change, share }) => change === 0 && share === 0)).toBe(true);
  });

  it('a radius takes the neighbourhood in', () => {
    expect(influencesAtPlace(groups, 0.9, 0.1, 0.5)[0]).toMatchObject({
      from: 3,
      change: expect.closeTo(0.3, 9) as number,
    });
  });

  it('shares add up to one or zero, wherever the place', () => {
    const place = fc.double({ min: -0.2, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(fc.array(maps, { minLength: 1, maxLength: 5 }), place, place, (found, x, y) => {
        const some = found.map(({ width, height, values }, from) => ({
          from,
          to: from,
          map: influenceMap(values, width, height),
        }));
        const result = influencesAtPlace(some, x, y);
        const sum = result.reduce((total, { share }) => total + share, 0);
        expect(Math.min(Math.abs(sum), Math.abs(sum - 1))).toBeLessThan(1e-9);
        result.slice(1).forEach(({ change }, index) => expect(change).toBeLessThanOrEqual(result[index]!.change));
      }),
    );
  });
});

it('groups of tokens cover each once, coarse first, in runs of about one length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 64 }), (count, most) => {
      const groups = tokenGroups(count, most);
      expect(groups).toHaveLength(Math.min(count, most));
      const covered = groups.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => to - at));
      expect(covered).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index));
      const sizes = groups.map(({ from, to }) => to - from);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

it('tokens stand by themselves up to ninety-six', () => {
  expect([tokenGroups(48), tokenGroups(96), tokenGroups(512)].map(({ length }) => length)).toEqual([48, 96, 96]);
});

it('a run of tokens is widened to the groups it touches', () => {
  const groups = tokenGroups(12, 4);
  expect(wholeGroups(groups, { from: 4, to: 4 })).toEqual({ from: 3, to: 5 });
  expect(wholeGroups(groups, { from: 5, to: 6 })).toEqual({ from: 3, to: 8 });
  expect(wholeGroups(groups, { from: 0, to: 11 })).toEqual({ from: 0, to: 11 });
  expect(wholeGroups(groups, { from: 12, to: 14 })).toBeNull();
});
