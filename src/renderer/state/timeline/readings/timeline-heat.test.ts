import { describe, expect, it } from 'vitest';
import { influenceMap, tokenGroups } from '../../../../shared/tokens/influence.js';
import { heatOf, missingGroups, rangesAtPlace, sharesAtPlace } from './timeline-heat.js';

const map = (...values: number[]) => influenceMap(values, 2, 2);

describe('missingGroups', () => {
  it('leaves out what is known', () => {
    expect(missingGroups(tokenGroups(4), [{ from: 2, to: 2 }]).map(({ from }) => from)).toEqual([3, 1, 0]);
  });
});

describe('heatOf', () => {
  const groups = [
    { from: 0, to: 0, map: map(0.1, 0, 0, 0) },
    { from: 1, to: 1, map: map(0.2, 0.4, 0, 0) },
    { from: 3, to: 3, map: map(0, 0, 0, 1) },
  ];

  it('adds up the maps of a range and says whether one is missing', () => {
    const heat = heatOf(groups, { from: 0, to: 1 })!;
    expect([...heat.values]).toEqual([0.3, 0.4, 0, 0].map((value) => expect.closeTo(value, 2) as number));
    expect(heat).toMatchObject({ largest: expect.closeTo(0.4, 6) as number, complete: true });
    expect(heatOf(groups, { from: 1, to: 3 })!.complete).toBe(false);
    expect(heatOf(groups, { from: 2, to: 2 })).toBeNull();
  });

  it('names the ranges behind a place, neighbours as one', () => {
    const [first] = rangesAtPlace(groups, { x: 0.1, y: 0.1 });
    expect(first).toMatchObject({ from: 0, to: 1, share: expect.closeTo(1, 6) as number });
    expect(rangesAtPlace(groups, { x: 0.9, y: 0.9 })).toEqual([{ from: 3, to: 3, share: 1 }]);
    expect(rangesAtPlace(groups, { x: 0.1, y: 0.9 })).toEqual([]);
    expect(sharesAtPlace(groups, { x: 0.1, y: 0.1 }).get(1)).toBeCloseTo(2 / 3, 2);
  });

  it('lists what was chosen once, however weak', () => {
    const bottomRight = { x: 0.9, y: 0.9 };
    expect(rangesAtPlace(groups, bottomRight, { from: 0, to: 1 })).toEqual([
      { from: 3, to: 3, share: 1 },
      { from: 0, to: 1, share: 0 },
    ]);
    expect(rangesAtPlace(groups, bottomRight, { from: 2, to: 3 })).toHaveLength(1);
    expect(rangesAtPlace([], bottomRight, { from: 2, to: 3 })).toEqual([]);
  });
});
