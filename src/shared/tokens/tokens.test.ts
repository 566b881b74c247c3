import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  comesByTime,
  generationIndices,
  timelinePositions,
  timestepSpan,
  tokensVisibleAt,
  visibilityMask,
  type TokenSchedule,
} from './tokens.js';

/** The published Selftok schedule (arXiv 2505.07538): 512 tokens in five stages. */
const selftok: TokenSchedule = {
  kind: 'stages',
  bounds: [0.2, 0.4, 0.6, 0.8, 1],
  tokensPerStage: [192, 184, 72, 48, 16],
};
const quadratic: TokenSchedule = { kind: 'power', exponent: 2 };

const schedules = fc.oneof(
  fc
    .record({ count: fc.integer({ min: 1, max: 600 }), exponent: fc.double({ min: 0.2, max: 4, noNaN: true }) })
    .map(({ count, exponent }): { count: number; schedule: TokenSchedule } => ({
      count,
      schedule: { kind: 'power', exponent },
    })),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }).map((tokensPerStage) => ({
    count: tokensPerStage.reduce((sum, tokens) => sum + tokens, 0),
    schedule: {
      kind: 'stages' as const,
      bounds: tokensPerStage.map((_, stage) => (stage + 1) / tokensPerStage.length),
      tokensPerStage,
    },
  })),
);

const raster: TokenSchedule = { kind: 'raster', columns: 4, rows: 8 };

describe('a raster', () => {
  it('shows all tokens at every t, none of them newer than another', () => {
    expect([0, 0.01, 0.5, 1].map((t) => tokensVisibleAt(raster, 32, t))).toEqual([32, 32, 32, 32]);
    expect([0, 31].map((index) => timestepSpan(raster, 32, index))).toEqual([
      { from: 0, to: 1 },
      { from: 0, to: 1 },
    ]);
  });

  it('has evenly spaced positions that end at t = 1', () => {
    expect(timelinePositions({ kind: 'raster', columns: 2, rows: 2 }, 4)).toEqual([0.25, 0.5, 0.75, 1]);
  });
});

describe('all tokens in order', () => {
  it('are visible at every t, and have positions that end at t = 1', () => {
    expect([0, 0.5, 1].map((t) => tokensVisibleAt({ kind: 'all' }, 16, t))).toEqual([16, 16, 16]);
    expect(timelinePositions({ kind: 'all' }, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    expect([selftok, quadratic, raster, { kind: 'all' } as const].map(comesByTime)).toEqual([true, true, false, false]);
  });
});

describe('stages rounded down, plus one', () => {
  const exact: TokenSchedule = { ...selftok, rounding: 'floor-plus-one', resolution: 1000 };

  /** Selftok's own words: `d = clamp(floor(slope · (⌊1000t⌋ − low)) + base)`, visible where i <= d (`sd3/mmdit.py`). */
  function published(thousandths: number): number {
    const { bounds, tokensPerStage } = selftok as Extract<TokenSchedule, { kind: 'stages' }>;
    let base = 0;
    let low = 0;
    for (const [stage, bound] of bounds.entries()) {
      const high = Math.round(1000 * bound);
      const tokens = tokensPerStage[stage]!;
      if (thousandths < high)
        return Math.min(511, Math.floor((tokens * (thousandths - low)) / (high - low)) + base) + 1;
      base += tokens;
      low = high;
    }
    return 512;
  }

  it('are Selftok’s at every thousandth and between them', () => {
    for (let thousandth = 0; thousandth <= 1000; thousandth++) {
      expect(tokensVisibleAt(exact, 512, thousandth / 1000)).toBe(published(thousandth));
      if (thousandth < 1000) expect(tokensVisibleAt(exact, 512, (thousandth + 0.5) / 1000)).toBe(published(thousandth));
    }
  });

  it('differ from those rounded up at some of 50 steps', () => {
    const steps = Array.from({ length: 50 }, (_, step) => (step + 1) / 50);
    const unlike = steps.filter((t) => tokensVisibleAt(exact, 512, t) !== tokensVisibleAt(selftok, 512, t));
    expect(unlike.length).toBeGreaterThan(0);
  });

  it('has positions that show what they stand for: token i and the finer ones, or one more where two share a thousandth', () => {
    for (const [index, t] of timelinePositions(exact, 512).entries()) {
      const visible = tokensVisibleAt(exact, 512, t);
      expect(visible).toBeGreaterThanOrEqual(index);
      expect(visible).toBeLessThanOrEqual(index + 1);
    }
  });
});

describe('tokensVisibleAt', () => {
  it('follows ceil(K·t²) without rounding noise', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((t) => tokensVisibleAt(quadratic, 32, t))).toEqual([0, 2, 8, 18, 32]);
  });

  it('gives the published counts of Selftok, whose mask `arange <= k(t)` shows one more', () => {
    expect([0.2, 0.4, 0.6, 0.8].map((t) => tokensVisibleAt(selftok, 512, t) + 1)).toEqual([193, 377, 449, 497]);
    expect(tokensVisibleAt(selftok, 512, 1)).toBe(512);
  });

  it('never decreases in t, starts at 0 and ends at K', () => {
    fc.assert(
      fc.property(
        schedules,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ count, schedule }, a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(tokensVisibleAt(schedule, count, low)).toBeLessThanOrEqual(tokensVisibleAt(schedule, count, high));
          expect(tokensVisibleAt(schedule, count, 0)).toBe(0);
          expect(tokensVisibleAt(schedule, count, 1)).toBe(count);
        },
      ),
    );
  });
});

describe('timestepSpan', () => {
  it('tiles (0, 1] without gaps and agrees with k(t) inside each span', () => {
    fc.assert(
      fc.property(schedules, ({ count, schedule }) => {
        let previous = 0;
        for (let index = 0; index < count; index++) {
          const { from, to } = timestepSpan(schedule, count, index);
          expect(from).toBeCloseTo(previous, 9);
          expect(to).toBeGreaterThan(from);
          if (to - from > 1e-6) expect(tokensVisibleAt(schedule, count, (from + to) / 2)).toBe(index + 1);
          previous = to;
        }
        expect(previous).toBe(1);
      }),
    );
  });

  it('makes the timeline: position i shows exactly tokens 0…i', () => {
    timelinePositions(quadratic, 32).forEach((t, index) => expect(tokensVisibleAt(quadratic, 32, t)).toBe(index + 1));
  });
});

describe('visibilityMask', () => {
  it('shows keepFrom <= index < visible, less the hidden ones', () => {
    expect(visibilityMask(6, 5, 2, [3, 99])).toEqual([false, false, true, false, true, false]);
  });
});

it('lists indices in the order a model writes them', () => {
  expect(generationIndices('coarse-to-fine', 4)).toEqual([3, 2, 1, 0]);
  expect(generationIndices('fine-to-coarse', 4)).toEqual([0, 1, 2, 3]);
});
