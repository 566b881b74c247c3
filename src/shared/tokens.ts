/**
 * The arithmetic of timestep tokens. Conventions (DDT-LLaMA, arXiv 2504.14666, section 3; names fixed in the project's primer):
 * `t` runs from 0 (clean) to 1 (noise); token index `i` runs 0…K-1; `idx < k(t)` is visible; low index = fine, high = coarse.
 */

/**
 * How many tokens the decoder may see at `t`. Stages follow Selftok (arXiv 2505.07538): counts grow linearly inside a stage.
 * `raster` is for spatial tokens, one for each cell of `columns` × `rows` from the top left: all are visible at every `t`.
 */
export type TokenSchedule =
  | { kind: 'power'; exponent: number }
  | { kind: 'stages'; bounds: number[]; tokensPerStage: number[] }
  | { kind: 'raster'; columns: number; rows: number };

/** A run of token indices, both ends included: 0 <= from <= to < K. */
export interface TokenRange {
  from: number;
  to: number;
}

/** Rounding guard: 32 · 0.5² must be 8, not 9, after floating-point noise. */
const epsilon = 1e-9;

/** k(t): non-decreasing, 0…count, with k(1) = count. `t` is clamped to [0, 1]. */
export function tokensVisibleAt(schedule: TokenSchedule, count: number, t: number): number {
  if (schedule.kind === 'raster') return count;
  const clamped = Math.min(1, Math.max(0, t));
  if (clamped === 1) return count;
  if (schedule.kind === 'power') {
    return Math.min(count, Math.max(0, Math.ceil(count * clamped ** schedule.exponent - epsilon)));
  }
  let visible = 0;
  let lower = 0;
  for (let stage = 0; stage < schedule.bounds.length; stage++) {
    const upper = schedule.bounds[stage]!;
    const tokens = schedule.tokensPerStage[stage]!;
    if (clamped <= upper) return visible + Math.ceil((tokens * (clamped - lower)) / (upper - lower) - epsilon);
    visible += tokens;
    lower = upper;
  }
  return count;
}

/** The half-open interval (from, to] of `t` in which token `index` is the newest visible one; all of it in a raster. */
export function timestepSpan(schedule: TokenSchedule, count: number, index: number): { from: number; to: number } {
  if (schedule.kind === 'raster') return { from: 0, to: 1 };
  return {
    from: smallestTimestepShowing(schedule, count, index),
    to: smallestTimestepShowing(schedule, count, index + 1),
  };
}

/** The largest `t` at which at most `visible` tokens are visible. */
function smallestTimestepShowing(
  schedule: Exclude<TokenSchedule, { kind: 'raster' }>,
  count: number,
  visible: number,
): number {
  if (visible <= 0) return 0;
  if (visible >= count) return 1;
  if (schedule.kind === 'power') return (visible / count) ** (1 / schedule.exponent);
  let before = 0;
  let lower = 0;
  for (let stage = 0; stage < schedule.bounds.length; stage++) {
    const upper = schedule.bounds[stage]!;
    const tokens = schedule.tokensPerStage[stage]!;
    if (visible <= before + tokens) return lower + ((visible - before) / tokens) * (upper - lower);
    before += tokens;
    lower = upper;
  }
  return 1;
}

/** Which tokens the decoder sees: `keepFrom <= index < visibleCount` and not hidden by hand. */
export function visibilityMask(
  count: number,
  visibleCount: number,
  keepFrom = 0,
  hidden: readonly number[] = [],
): boolean[] {
  const mask = Array.from({ length: count }, (_, index) => index >= keepFrom && index < visibleCount);
  for (const index of hidden) if (index >= 0 && index < count) mask[index] = false;
  return mask;
}

/**
 * The K timeline positions: the end of every token's span, ascending in `t`. Position `i` shows tokens 0…i; in a raster, which
 * has no spans to end, positions are evenly spaced and show everything.
 */
export function timelinePositions(schedule: TokenSchedule, count: number): number[] {
  if (schedule.kind === 'raster') return Array.from({ length: count }, (_, index) => (index + 1) / count);
  return Array.from({ length: count }, (_, index) => timestepSpan(schedule, count, index).to);
}

/** Indices in the order a language model writes them. */
export function generationIndices(order: GenerationOrder, count: number): number[] {
  return Array.from({ length: count }, (_, step) => (order === 'coarse-to-fine' ? count - 1 - step : step));
}

export type GenerationOrder = 'coarse-to-fine' | 'fine-to-coarse';
