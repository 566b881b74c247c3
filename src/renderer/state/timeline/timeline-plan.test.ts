import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelinePositions, type TokenSchedule } from '../../../shared/tokens/tokens.js';
import { computingOrder, missingPositions, plannedPositions, waitsTooLong } from './timeline-plan.js';

const quadratic: TokenSchedule = { kind: 'power', exponent: 2 };

describe('plannedPositions', () => {
  it('has 0, 1, every token of a small pack, and no wide gap; ascending without repeats', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.double({ min: 0.5, max: 4, noNaN: true }), (count, exponent) => {
        const schedule: TokenSchedule = { kind: 'power', exponent };
        const planned = plannedPositions(schedule, count);
        expect(planned[0]).toBe(0);
        expect(planned.at(-1)).toBe(1);
        expect(planned.length).toBeLessThanOrEqual(96 + 20);
        for (let index = 1; index < planned.length; index++) {
          const gap = planned[index]! - planned[index - 1]!;
          expect(gap).toBeGreaterThan(0);
          expect(gap).toBeLessThanOrEqual(1 / 18 + 1e-9);
        }
        if (count <= 96) for (const t of timelinePositions(schedule, count)) expect(planned).toContain(t);
      }),
    );
  });
});

describe('a pack that forbids more positions', () => {
  it('gets as many as it allows, first and last included', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 2, max: 40 }), (count, most) => {
        const planned = plannedPositions(quadratic, count, most);
        expect(planned.length).toBeLessThanOrEqual(most);
        expect([planned[0], planned.at(-1)]).toEqual([0, 1]);
        expect(new Set(planned).size).toBe(planned.length);
      }),
    );
  });
});

describe('computingOrder', () => {
  it('is a permutation that starts under the cursor', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 80 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (positions, cursor) => {
          const order = computingOrder(positions, cursor);
          expect([...order].sort((a, b) => a - b)).toEqual([...positions].sort((a, b) => a - b));
          const nearest = Math.min(...positions.map((t) => Math.abs(t - cursor)));
          if (order.length > 0) expect(Math.abs(order[0]! - cursor)).toBe(nearest);
        },
      ),
    );
  });

  it('covers the whole axis with its first dozen', () => {
    const first = computingOrder(plannedPositions(quadratic, 32), 0.6)
      .slice(0, 12)
      .sort((a, b) => a - b);
    expect(first[0]).toBe(0);
    expect(first.at(-1)).toBe(1);
    for (let index = 1; index < first.length; index++) expect(first[index]! - first[index - 1]!).toBeLessThan(0.2);
  });
});

it('asks only for what is not there', () => {
  expect(missingPositions([0, 0.5, 1], [{ t: 0.5 }])).toEqual([0, 1]);
});

describe('waitsTooLong', () => {
  const order = Array.from({ length: 20 }, (_, place) => 1 - place / 20);
  const at = (...times: number[]) => times.map((t) => ({ t }));

  it('only when what is under the cursor comes late, and nothing computed is as near', () => {
    expect(waitsTooLong(order, at(0.98), 0.2)).toBe(true);
    expect(waitsTooLong(order, at(0.2), 0.2)).toBe(false);
    expect(waitsTooLong(order, [], 0.9)).toBe(false);
    expect(waitsTooLong([], at(1), 0.2)).toBe(false);
  });

  it('never once the order starts at the cursor', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, t) => {
          expect(waitsTooLong(computingOrder([...new Set(times)], t), [], t)).toBe(false);
        },
      ),
    );
  });
});
