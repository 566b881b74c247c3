import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensVisibleAt, type TokenSchedule } from '../../../shared/tokens/tokens.js';
import {
  curvePath,
  filmPositions,
  filmSlots,
  timeToX,
  tokenExtent,
  xToTime,
  laneArea,
  lanePath,
} from './track-layout.js';

const axes = fc.record({ left: fc.integer({ min: 0, max: 400 }), width: fc.integer({ min: 1, max: 4000 }) });
const times = fc.double({ min: 0, max: 1, noNaN: true });
const schedules = fc.record({
  count: fc.integer({ min: 1, max: 512 }),
  schedule: fc
    .double({ min: 0.5, max: 3, noNaN: true })
    .map((exponent): TokenSchedule => ({ kind: 'power', exponent })),
});

describe('the axis', () => {
  it('has noise on the left, clean on the right, and t back from its pixel', () => {
    fc.assert(
      fc.property(axes, times, (axis, t) => {
        expect(timeToX(axis, 1)).toBe(axis.left);
        expect(timeToX(axis, 0)).toBe(axis.left + axis.width);
        expect(xToTime(axis, timeToX(axis, t))).toBeCloseTo(t, 9);
      }),
    );
  });

  it('clamps beyond its ends and survives having no width', () => {
    expect(xToTime({ left: 10, width: 100 }, -500)).toBe(1);
    expect(xToTime({ left: 10, width: 100 }, 500)).toBe(0);
    expect(xToTime({ left: 10, width: 0 }, 50)).toBe(1);
  });

  it('tiles the spans of all tokens from V_K at the left to V_1 at the right', () => {
    fc.assert(
      fc.property(axes, schedules, (axis, { count, schedule }) => {
        let right = axis.left;
        for (let slot = 0; slot < count; slot++) {
          const extent = tokenExtent(axis, schedule, count, count - 1 - slot);
          expect(extent.left).toBeCloseTo(right, 6);
          expect(extent.right).toBeGreaterThanOrEqual(extent.left);
          right = extent.right;
        }
        expect(right).toBeCloseTo(axis.left + axis.width, 6);
      }),
    );
  });
});

describe('curvePath', () => {
  it('draws k(t): at every t the staircase has the height of the visible count', () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer({ min: 1, max: 64 }),
          exponent: fc.constantFrom(1, 2),
        }),
        times,
        ({ count, exponent }, t) => {
          const axis = { left: 0, width: 100_000 };
          const schedule: TokenSchedule = { kind: 'power', exponent };
          const steps = [...curvePath(axis, 1000, schedule, count).matchAll(/H([\d.]+)V([\d.]+)/g)];
          expect(steps).toHaveLength(count);
          const x = timeToX(axis, t);
          // Next to zero the rounding guard of k(t), 1e-9 of a token, decides, not its curve.
          fc.pre(t === 0 || count * t ** exponent > 1e-9);
          // A treads' own edges are rounded to a hundredth of a pixel.
          if (steps.some(([, edge]) => Math.abs(Number(edge) - x) < 0.02)) return;
          const passed = steps.filter(([, edge]) => Number(edge) < x).length;
          expect(count - passed).toBe(tokensVisibleAt(schedule, count, t));
          if (passed > 0) expect(Number(steps[passed - 1]![2])).toBeCloseTo(1000 * (1 - (count - passed) / count), 1);
        },
      ),
    );
  });
});

describe('the filmstrip', () => {
  it('covers the axis without overlap, each slot standing for the t at its middle', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 20, max: 200 }), (axis, picture) => {
        const slots = filmSlots(axis, picture);
        slots.forEach((slot, index) => {
          expect(slot.left).toBeGreaterThanOrEqual(
            index === 0 ? axis.left : slots[index - 1]!.left + slots[index - 1]!.width,
          );
          expect(timeToX(axis, slot.t)).toBeCloseTo(slot.left - 2 + axis.width / slots.length / 2, 6);
        });
      }),
    );
  });

  it('shows the nearest picture, and none that belongs elsewhere', () => {
    const slots = filmSlots({ left: 0, width: 400 }, 96);
    expect(slots.map(({ t }) => t)).toEqual([0.875, 0.625, 0.375, 0.125]);
    expect(filmPositions(slots, [])).toEqual([-1, -1, -1, -1]);
    expect(filmPositions(slots, [{ t: 0.1 }, { t: 0.15 }, { t: 0.6 }])).toEqual([-1, 2, 2, 0]);
    expect(filmPositions(slots, [{ t: 0 }, { t: 1 }])).toEqual([1, -1, -1, 0]);
  });
});

describe('lanes', () => {
  const points = [
    { t: 0, share: 1.2 },
    { t: 0.5, share: 0.5 },
    { t: 1, share: -1 },
  ];

  it('run from noise at the left to the picture at the right, within their box', () => {
    expect(lanePath({ left: 10, width: 100 }, 20, points)).toBe('M10 20L60 10L110 0');
    expect(laneArea({ left: 10, width: 100 }, 20, points)).toBe('M10 20L60 10L110 0L110 20L10 20Z');
    expect(lanePath({ left: 0, width: 9 }, 5, []) + laneArea({ left: 0, width: 9 }, 5, [])).toBe('');
  });
});
