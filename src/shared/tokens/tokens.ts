/**
 * The arithmetic of timestep tokens. Conventions (DDT-LLaMA, arXiv 2504.14666, section 3; names fixed in the project's primer):
 * `t` runs from 0 (clean) to 1 (noise); token index `i` runs 0…K-1; `idx < k(t)` is visible; low index = fine, high = coarse.
 */

/**
 * How many tokens the decoder may see at `t`. Stages follow Selftok (arXiv 2505.07538): counts grow linearly inside a stage.
 * `all` is for tokens in order, coarse ones included, that are visible at every `t`: those of FlexTok (arXiv 2502.13967), and those
 * whose decoder itself chooses by `t` which of them it reads, as D-AR's (arXiv 2505.23660) does. `raster` is for spatial tokens, one
 * for each cell of `columns` × `rows` from the top left: all are visible at every `t`, and none is coarser than another.
 */
export type TokenSchedule = TimedSchedule | { kind: 'all' } | { kind: 'raster'; columns: number; rows: number };

/** A schedule under which tokens come one after another as `t` grows. */
export type TimedSchedule =
  | { kind: 'power'; exponent: number }
  | ({ kind: 'stages'; bounds: number[]; tokensPerStage: number[] } & StageRounding);

/**
 * `ceil`, also when absent: a token is visible from the moment its share of the stage begins to be used up, none at t = 0.
 * `floor-plus-one`: one more than the whole shares that are used up, so one at t = 0; `resolution`: t is rounded down to a
 * multiple of 1 / resolution before. Selftok's own mask is `floor-plus-one` at 1000 (`sd3/mmdit.py`, k = d + 1).
 */
export interface StageRounding {
  rounding?: 'ceil' | 'floor-plus-one';
  resolution?: number;
}

/** A run of token indices, both ends included: 0 <= from <= to < K. */
export interface TokenRange {
  from: number;
  to: number;
}

/** Rounding guard: 32 · 0.5² must be 8, not 9, after floating-point noise. */
const epsilon = 1e-9;
/** Where a count changes at the beginning of an interval, the last `t` before it is this much less. */
const within = 1e-6;

/** k(t): non-decreasing, 0…count, with k(1) = count. `t` is clamped to [0, 1]. */
export function tokensVisibleAt(schedule: TokenSchedule, count: number, t: number): number {
  if (!comesByTime(schedule)) return count;
  const clamped = Math.min(1, Math.max(0, t));
  if (clamped === 1) return count;
  if (schedule.kind === 'power') {
    return Math.min(count, Math.max(0, Math.ceil(count * clamped ** schedule.exponent - epsilon)));
  }
  const { rounding, resolution } = schedule;
  if (rounding !== 'floor-plus-one')
    return Math.min(count, Math.max(0, Math.ceil(sharesUsed(schedule, clamped) - epsilon)));
  const rounded = resolution === undefined ? clamped : Math.floor(clamped * resolution + epsilon) / resolution;
  return Math.min(count, Math.floor(sharesUsed(schedule, rounded) + epsilon) + 1);
}

/** Whether tokens come one after another as `t` grows, so that each has a span of `t` in which it is the newest. */
export function comesByTime(schedule: TokenSchedule): schedule is TimedSchedule {
  return schedule.kind === 'power' || schedule.kind === 'stages';
}

/** How many tokens' shares of their stages lie below `t`, as a real number 0…K. */
function sharesUsed({ bounds, tokensPerStage }: Extract<TimedSchedule, { kind: 'stages' }>, t: number): number {
  let before = 0;
  let lower = 0;
  for (let stage = 0; stage < bounds.length; stage++) {
    const upper = bounds[stage]!;
    const tokens = tokensPerStage[stage]!;
    if (t <= upper) return before + (tokens * (t - lower)) / (upper - lower);
    before += tokens;
    lower = upper;
  }
  return before;
}

/** The half-open interval (from, to] of `t` in which token `index` is the newest visible one; all of it where none comes by time. */
export function timestepSpan(schedule: TokenSchedule, count: number, index: number): { from: number; to: number } {
  if (!comesByTime(schedule)) return { from: 0, to: 1 };
  return {
    from: smallestTimestepShowing(schedule, count, index),
    to: smallestTimestepShowing(schedule, count, index + 1),
  };
}

/** The largest `t` at which at most `visible` tokens are visible. */
function smallestTimestepShowing(schedule: TimedSchedule, count: number, visible: number): number {
  if (visible <= 0) return 0;
  if (visible >= count) return 1;
  if (schedule.kind === 'power') return (visible / count) ** (1 / schedule.exponent);
  const edge = edgeOf(schedule, visible);
  const { rounding, resolution } = schedule;
  if (rounding !== 'floor-plus-one') return edge;
  return (resolution === undefined ? edge : Math.ceil(edge * resolution - epsilon) / resolution) - within;
}

/** The `t` at which the shares of `visible` tokens are used up. */
function edgeOf({ bounds, tokensPerStage }: Extract<TimedSchedule, { kind: 'stages' }>, visible: number): number {
  let before = 0;
  let lower = 0;
  for (let stage = 0; stage < bounds.length; stage++) {
    const upper = bounds[stage]!;
    const tokens = tokensPerStage[stage]!;
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
 * The K timeline positions: the end of every token's span, ascending in `t`. Position `i` shows tokens 0…i; where all are visible
 * at every `t`, positions are evenly spaced and show everything.
 */
export function timelinePositions(schedule: TokenSchedule, count: number): number[] {
  if (!comesByTime(schedule)) return Array.from({ length: count }, (_, index) => (index + 1) / count);
  return Array.from({ length: count }, (_, index) => timestepSpan(schedule, count, index).to);
}

/** Indices in the order a language model writes them. */
export function generationIndices(order: GenerationOrder, count: number): number[] {
  return Array.from({ length: count }, (_, step) => (order === 'coarse-to-fine' ? count - 1 - step : step));
}

export type GenerationOrder = 'coarse-to-fine' | 'fine-to-coarse';
