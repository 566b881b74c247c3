/**
 * Geometry of the timeline: pure, in CSS pixels. The axis reads coarse → fine, so t = 1 (noise) is at the left edge and
 * t = 0 (clean) at the right edge.
 */
import type { LanePoint } from '../../../shared/tokens/attributes.js';
import { timestepSpan, type TokenSchedule } from '../../../shared/tokens/tokens.js';

/** A horizontal stretch of pixels that stands for t from 1 (at `left`) to 0 (at `left + width`). */
export interface Axis {
  left: number;
  width: number;
}

/** What stands before an axis, names of rows, needs this much. */
const roomOfNames = 72;

/** Whether names and values have places of their own before and after the axis. */
export function hasMargins(axis: Axis): boolean {
  return axis.left >= roomOfNames;
}

export function timeToX(axis: Axis, t: number): number {
  return axis.left + (1 - t) * axis.width;
}

/** The t under a pixel, clamped to [0, 1]; 1 on an axis without width. */
export function xToTime(axis: Axis, x: number): number {
  if (axis.width <= 0) return 1;
  return Math.min(1, Math.max(0, 1 - (x - axis.left) / axis.width));
}

/** Where on the axis token `index` is the newest visible one. */
export function tokenExtent(axis: Axis, schedule: TokenSchedule, count: number, index: number) {
  const { from, to } = timestepSpan(schedule, count, index);
  return { left: timeToX(axis, to), right: timeToX(axis, from) };
}

/** SVG path of k(t) as the staircase it is, in a box of `height` pixels: K at the top, 0 at the bottom. */
export function curvePath(axis: Axis, height: number, schedule: TokenSchedule, count: number): string {
  const y = (visible: number) => round(height * (1 - visible / count));
  let path = `M${round(timeToX(axis, 1))} ${y(count)}`;
  for (let index = count - 1; index >= 0; index--) {
    path += `H${round(tokenExtent(axis, schedule, count, index).right)}V${y(index)}`;
  }
  return path;
}

/** The same curve closed down to the axis, for filling. */
export function curveArea(axis: Axis, height: number, schedule: TokenSchedule, count: number): string {
  return `${curvePath(axis, height, schedule, count)}H${round(timeToX(axis, 1))}Z`;
}

/**
 * SVG path of shares over t, as a line in a box of `height` pixels: 1 at the top, 0 at the bottom. Shares are held within that;
 * `points` ascend in t. Empty for none.
 */
export function lanePath(axis: Axis, height: number, points: readonly LanePoint[]): string {
  return points
    .toReversed()
    .map(({ t, share }, at) => {
      const y = height * (1 - Math.min(1, Math.max(0, share)));
      return `${at === 0 ? 'M' : 'L'}${round(timeToX(axis, t))} ${round(y)}`;
    })
    .join('');
}

/** The same line closed down to the axis, for filling. */
export function laneArea(axis: Axis, height: number, points: readonly LanePoint[]): string {
  const [last, first] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const line = lanePath(axis, height, points);
  return `${line}L${round(timeToX(axis, last.t))} ${height}L${round(timeToX(axis, first.t))} ${height}Z`;
}

/** One picture of the filmstrip: drawn `width` wide from `left`, standing for the t at its centre. */
export interface FilmSlot {
  left: number;
  width: number;
  t: number;
}

/** As many pictures of about `pictureWidth` as fit, spread evenly over the axis. */
export function filmSlots(axis: Axis, pictureWidth: number, gap = 4): FilmSlot[] {
  if (axis.width <= 0 || pictureWidth <= 0) return [];
  const count = Math.max(1, Math.round(axis.width / (pictureWidth + gap)));
  const pitch = axis.width / count;
  return Array.from({ length: count }, (_, slot) => ({
    left: axis.left + slot * pitch + gap / 2,
    width: Math.max(1, pitch - gap),
    t: xToTime(axis, axis.left + (slot + 0.5) * pitch),
  }));
}

/** Which computed position each slot shows; -1 where none is within one slot's share of t yet. `positions` ascend in t. */
export function filmPositions(slots: readonly FilmSlot[], positions: readonly { t: number }[]): number[] {
  const reach = slots.length === 0 ? 0 : 1 / slots.length;
  return slots.map((slot) => {
    let best = -1;
    positions.forEach(({ t }, index) => {
      const distance = Math.abs(t - slot.t);
      if (distance <= reach && (best === -1 || distance < Math.abs(positions[best]!.t - slot.t))) best = index;
    });
    return best;
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
