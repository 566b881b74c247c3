import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelinePositions, tokensVisibleAt, type TokenSchedule } from '../../../shared/tokens/tokens.js';
import { nearestPosition, stepTokens, tellingTime, timeShowing } from './timeline-steps.js';

const quadratic: TokenSchedule = { kind: 'power', exponent: 2 };
const times = fc.double({ min: 0, max: 1, noNaN: true });

describe('stepTokens', () => {
  it('changes the visible count by exactly the step, up to the ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), times, fc.integer({ min: -600, max: 600 }), (count, t, step) => {
        const wanted = Math.min(count, Math.max(0, tokensVisibleAt(quadratic, count, t) + step));
        expect(tokensVisibleAt(quadratic, count, stepTokens(quadratic, count, t, step))).toBe(wanted);
      }),
    );
  });

  it('moves by K-ths in a raster, where the visible tokens never change', () => {
    const raster: TokenSchedule = { kind: 'raster', columns: 4, rows: 8 };
    expect([1, -4, 40].map((step) => stepTokens(raster, 32, 0.5, step))).toEqual([0.5 + 1 / 32, 0.375, 1]);
  });

  it('lands on the computed positions', () => {
    expect(timelinePositions(quadratic, 32).map((_, index) => timeShowing(quadratic, 32, index + 1))).toEqual(
      timelinePositions(quadratic, 32),
    );
    expect(timeShowing(quadratic, 32, 0)).toBe(0);
  });
});

describe('nearestPosition', () => {
  it('prefers what shows the same tokens over what is merely near', () => {
    const positions = [
      { t: 0.1, visibleTokens: 1 },
      { t: 0.5, visibleTokens: 8 },
      { t: 0.53, visibleTokens: 9 },
    ];
    expect(nearestPosition(positions, 0.501, 9)).toBe(2);
    expect(nearestPosition(positions, 0.3, 3)).toBe(0);
    expect(nearestPosition([], 0.3, 3)).toBe(-1);
  });

  it('is nearest among the equals, for any positions', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 50 }), times, (ts, t) => {
        const positions = ts
          .sort((a, b) => a - b)
          .map((one) => ({ t: one, visibleTokens: tokensVisibleAt(quadratic, 32, one) }));
        const visible = tokensVisibleAt(quadratic, 32, t);
        const same = positions.filter((one) => one.visibleTokens === visible);
        const best = Math.min(...(same.length > 0 ? same : positions).map((one) => Math.abs(one.t - t)));
        expect(Math.abs(positions[nearestPosition(positions, t, visible)]!.t - t)).toBe(best);
      }),
    );
  });
});

describe('tellingTime', () => {
  it('is where the tokens add most, with as little noise as shows it as well, and never 0', () => {
    const at = (t: number, added: number) => ({ t, added });
    expect(tellingTime([at(0, 0.9), at(0.4, 0.1), at(0.8, 0.299), at(0.9, 0.3), at(1, 0.298)])).toBe(0.8);
    expect(tellingTime([at(0, 1)])).toBeNull();
    expect(tellingTime([at(0.5, 0), at(1, 0)])).toBeNull();
    expect(tellingTime([])).toBeNull();
  });
});
