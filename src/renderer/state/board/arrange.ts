/** Aligning, distributing and stacking. Pure: places and orders in, places and orders out; board units. */
import { boundsOf, type Point, type Rectangle } from './geometry.js';

export const alignments = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const;
export type Alignment = (typeof alignments)[number];

/** How far each rectangle moves so that all share one line of the bounds of all. */
export function alignShifts(rectangles: readonly Rectangle[], alignment: Alignment): Point[] {
  const bounds = boundsOf(rectangles);
  if (bounds === null) return [];
  return rectangles.map((one) => {
    switch (alignment) {
      case 'left':
        return { x: bounds.x - one.x, y: 0 };
      case 'centre':
        return { x: Math.round(bounds.x + bounds.width / 2 - (one.x + one.width / 2)), y: 0 };
      case 'right':
        return { x: bounds.x + bounds.width - (one.x + one.width), y: 0 };
      case 'top':
        return { x: 0, y: bounds.y - one.y };
      case 'middle':
        return { x: 0, y: Math.round(bounds.y + bounds.height / 2 - (one.y + one.height / 2)) };
      case 'bottom':
        return { x: 0, y: bounds.y + bounds.height - (one.y + one.height) };
    }
  });
}

export type Axis = 'x' | 'y';

/**
 * How far each rectangle moves so that the gaps between neighbours are equal (to one unit). The outermost two stay; where
 * they leave too little room, the gaps become equal overlaps.
 */
export function distributeShifts(rectangles: readonly Rectangle[], axis: Axis): Point[] {
  const length = axis === 'x' ? 'width' : 'height';
  const order = rectangles
    .map((_, index) => index)
    .sort((a, b) => centre(rectangles[a]!, axis) - centre(rectangles[b]!, axis));
  const shifts = rectangles.map(() => ({ x: 0, y: 0 }));
  if (rectangles.length < 3) return shifts;
  const first = rectangles[order[0]!]!;
  const last = rectangles[order.at(-1)!]!;
  const inner = order.slice(1, -1);
  const room = last[axis] - (first[axis] + first[length]);
  const gap = (room - inner.reduce((sum, index) => sum + rectangles[index]![length], 0)) / (inner.length + 1);
  let edge = first[axis] + first[length];
  for (const index of inner) {
    const one = rectangles[index]!;
    shifts[index]![axis] = Math.round(edge + gap) - one[axis];
    edge += gap + one[length];
  }
  return shifts;
}

export type Stacking = 'front' | 'forward' | 'backward' | 'back';

/** `ids` back to front; the moved ones keep their order among themselves. */
export function restacked(ids: readonly string[], moving: ReadonlySet<string>, how: Stacking): string[] {
  const still = ids.filter((id) => !moving.has(id));
  const moved = ids.filter((id) => moving.has(id));
  if (how === 'front') return [...still, ...moved];
  if (how === 'back') return [...moved, ...still];
  return how === 'forward' ? stepped(ids, moving) : stepped(ids.toReversed(), moving).toReversed();
}

/** Every run of moving ones trades places with the one after it. */
function stepped(ids: readonly string[], moving: ReadonlySet<string>): string[] {
  const next = [...ids];
  for (let index = next.length - 2; index >= 0; index--) {
    const [here, after] = [next[index]!, next[index + 1]!];
    if (moving.has(here) && !moving.has(after)) next.splice(index, 2, after, here);
  }
  return next;
}

function centre(rectangle: Rectangle, axis: Axis): number {
  return rectangle[axis] + (axis === 'x' ? rectangle.width : rectangle.height) / 2;
}
