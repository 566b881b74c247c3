/** Moving along t by tokens. Pure. */
import { comesByTime, timestepSpan, tokensVisibleAt, type TokenSchedule } from '../../../shared/tokens/tokens.js';

/** The t at which exactly `visible` tokens are visible and every one of them has had its say: the end of the newest one's span. */
export function timeShowing(schedule: TokenSchedule, count: number, visible: number): number {
  const clamped = Math.min(count, Math.max(0, visible));
  return clamped === 0 ? 0 : timestepSpan(schedule, count, clamped - 1).to;
}

/** Two differences nearer to each other than this share of the largest are alike to the eye. */
const alike = 0.02;

/**
 * The t at which the tokens add most, of the least noise among those that are alike; null where none is computed or they add
 * nothing anywhere. Never 0.
 */
export function tellingTime(positions: readonly { t: number; added: number }[]): number | null {
  const noisy = positions.filter(({ t }) => t > 0);
  const most = Math.max(0, ...noisy.map(({ added }) => added));
  if (most === 0) return null;
  return Math.min(...noisy.filter(({ added }) => added >= (1 - alike) * most).map(({ t }) => t));
}

/** `t` moved so that `tokens` more (or, negative, fewer) are visible; where none come or go, by as many K-ths. */
export function stepTokens(schedule: TokenSchedule, count: number, t: number, tokens: number): number {
  if (!comesByTime(schedule)) return Math.min(1, Math.max(0, t + tokens / count));
  return timeShowing(schedule, count, tokensVisibleAt(schedule, count, t) + tokens);
}

/**
 * Index of the computed position to show at `t`: the nearest among those that show the same number of tokens, else the
 * nearest of all; -1 when there is none. `positions` ascend in t.
 */
export function nearestPosition(
  positions: readonly { t: number; visibleTokens: number }[],
  t: number,
  visible: number,
): number {
  let nearest = -1;
  let nearestSame = -1;
  positions.forEach((position, index) => {
    const distance = Math.abs(position.t - t);
    if (nearest === -1 || distance < Math.abs(positions[nearest]!.t - t)) nearest = index;
    if (
      position.visibleTokens === visible &&
      (nearestSame === -1 || distance < Math.abs(positions[nearestSame]!.t - t))
    ) {
      nearestSame = index;
    }
  });
  return nearestSame === -1 ? nearest : nearestSame;
}
