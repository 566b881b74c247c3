/** Where a dragged selection comes to rest: on the edges and middles of what stands around, or at equal distances. Pure. */
import type { Axis } from './arrange.js';
import type { Point, Rectangle } from './geometry.js';

/** A line to draw while dragging, board units: across `axis` at `at`, reaching along the other axis from `from` to `to`. */
export interface Guide {
  /** `edge`: lines that meet. `gap`: one of several equal distances; it runs along `axis` from `from` to `to`, at `at` on the other. */
  kind: 'edge' | 'gap';
  axis: Axis;
  at: number;
  from: number;
  to: number;
}

export interface Snapped {
  by: Point;
  guides: Guide[];
}

/** Half a unit: everything on the board stands on whole units, middles may not. */
const touching = 0.51;

/**
 * `by` (whole units) corrected so that `moving`, shifted by it, meets one of `others` within `tolerance` on each axis. Meeting edges win
 * over equal distances, near over far.
 */
export function snapMove(moving: Rectangle, by: Point, others: readonly Rectangle[], tolerance: number): Snapped {
  const result = { ...by };
  const along: Record<Axis, boolean> = { x: false, y: false };
  for (const axis of ['x', 'y'] as const) {
    const correction = nearestEdge(shifted(moving, by), others, axis, tolerance);
    if (correction === null) continue;
    result[axis] = Math.round(by[axis] + correction);
    along[axis] = true;
  }
  for (const axis of ['x', 'y'] as const) {
    if (along[axis]) continue;
    const correction = nearestGap(shifted(moving, result), others, axis, tolerance);
    if (correction !== null) result[axis] += correction;
  }
  const place = shifted(moving, result);
  return { by: result, guides: (['x', 'y'] as const).flatMap((axis) => guidesOf(place, others, axis)) };
}

function guidesOf(place: Rectangle, others: readonly Rectangle[], axis: Axis): Guide[] {
  const edges = edgeGuides(place, others, axis);
  return edges.length > 0 ? edges : gapGuides(place, others, axis);
}

function nearestEdge(place: Rectangle, others: readonly Rectangle[], axis: Axis, tolerance: number): number | null {
  const own = linesOf(place, axis);
  let best: number | null = null;
  for (const other of others) {
    for (const line of linesOf(other, axis)) {
      for (const mine of own) {
        const correction = line - mine;
        if (Math.abs(correction) <= tolerance && (best === null || Math.abs(correction) < Math.abs(best))) {
          best = correction;
        }
      }
    }
  }
  return best;
}

/** One guide for each line that is met, as long as everything on it. */
function edgeGuides(place: Rectangle, others: readonly Rectangle[], axis: Axis): Guide[] {
  const across = other(axis);
  return linesOf(place, axis).flatMap((at) => {
    const met = others.filter((one) => linesOf(one, axis).some((line) => Math.abs(line - at) < touching));
    if (met.length === 0) return [];
    const all = [place, ...met];
    return {
      kind: 'edge' as const,
      axis,
      at,
      from: Math.min(...all.map((one) => one[across])),
      to: Math.max(...all.map((one) => end(one, across))),
    };
  });
}

interface Neighbours {
  before: Rectangle[];
  after: Rectangle[];
}

/** Those in the same row (or column), nearest first. */
function neighboursOf(place: Rectangle, others: readonly Rectangle[], axis: Axis): Neighbours {
  const across = other(axis);
  const row = others.filter((one) => one[across] < end(place, across) && place[across] < end(one, across));
  const middle = place[axis] + length(place, axis) / 2;
  return {
    before: row.filter((one) => end(one, axis) <= middle).sort((a, b) => end(b, axis) - end(a, axis)),
    after: row.filter((one) => one[axis] >= middle).sort((a, b) => a[axis] - b[axis]),
  };
}

function nearestGap(place: Rectangle, others: readonly Rectangle[], axis: Axis, tolerance: number): number | null {
  const corrections = gapCorrections(place, neighboursOf(place, others, axis), axis).filter(
    (correction) => Math.abs(correction) <= tolerance,
  );
  return corrections.sort((a, b) => Math.abs(a) - Math.abs(b))[0] ?? null;
}

/** In the middle between two, or as far behind (before) one as that one is from its next. */
function gapCorrections(place: Rectangle, { before, after }: Neighbours, axis: Axis): number[] {
  const corrections: number[] = [];
  const [near, far] = before;
  const [next, nextButOne] = after;
  if (near !== undefined && next !== undefined) {
    const room = next[axis] - end(near, axis) - length(place, axis);
    if (room >= 0) corrections.push(Math.round(end(near, axis) + room / 2) - place[axis]);
  }
  if (near !== undefined && far !== undefined && near[axis] > end(far, axis)) {
    corrections.push(end(near, axis) + (near[axis] - end(far, axis)) - place[axis]);
  }
  if (next !== undefined && nextButOne !== undefined && nextButOne[axis] > end(next, axis)) {
    corrections.push(next[axis] - (nextButOne[axis] - end(next, axis)) - end(place, axis));
  }
  return corrections;
}

/** The equal distances around `place`, to one unit. */
function gapGuides(place: Rectangle, others: readonly Rectangle[], axis: Axis): Guide[] {
  const across = other(axis);
  const { before, after } = neighboursOf(place, others, axis);
  const row = [...before.slice(0, 2).toReversed(), place, ...after.slice(0, 2)];
  const gaps = row
    .slice(1)
    .map((one, index) => ({ first: row[index]!, second: one, gap: one[axis] - end(row[index]!, axis) }));
  const own = gaps.filter(({ first, second }) => first === place || second === place);
  return gaps
    .filter(({ gap }) => gap > 0)
    .filter((one) => own.some(({ gap }) => Math.abs(gap - one.gap) <= 1))
    .filter((one, _, all) => all.some((twin) => twin !== one && Math.abs(twin.gap - one.gap) <= 1))
    .map(({ first, second }) => {
      const start = Math.max(first[across], second[across]);
      const stop = Math.min(end(first, across), end(second, across));
      return { kind: 'gap', axis, at: (start + stop) / 2, from: end(first, axis), to: second[axis] };
    });
}

function linesOf(rectangle: Rectangle, axis: Axis): [number, number, number] {
  return [rectangle[axis], rectangle[axis] + length(rectangle, axis) / 2, end(rectangle, axis)];
}

function length(rectangle: Rectangle, axis: Axis): number {
  return axis === 'x' ? rectangle.width : rectangle.height;
}

function end(rectangle: Rectangle, axis: Axis): number {
  return rectangle[axis] + length(rectangle, axis);
}

function other(axis: Axis): Axis {
  return axis === 'x' ? 'y' : 'x';
}

function shifted(rectangle: Rectangle, by: Point): Rectangle {
  return { ...rectangle, x: rectangle.x + by.x, y: rectangle.y + by.y };
}
