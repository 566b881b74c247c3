/** Arrows from a frame to those made of it, in screen pixels. */
import type { Point, Rectangle } from '../../state/board/geometry.js';

/** Above a frame, for its title. */
const titleRoom = 22;

export interface LineageEnds {
  from: Point;
  to: Point;
  /** The child stands under its parent; else the arrow leaves to the right. */
  isBelow: boolean;
}

/** Where the arrow begins and ends: beside the pictures, and above the title of a child that stands below. */
export function lineageEnds(parent: Rectangle, child: Rectangle): LineageEnds {
  const isBelow = child.x < parent.x + parent.width && child.y >= parent.y + parent.height;
  return isBelow
    ? {
        isBelow,
        from: { x: parent.x + parent.width / 2, y: parent.y + parent.height },
        to: { x: child.x + child.width / 2, y: child.y - titleRoom },
      }
    : {
        isBelow,
        from: { x: parent.x + parent.width, y: parent.y + parent.height / 2 },
        to: { x: child.x - 3, y: child.y + child.height / 2 },
      };
}

/** Around the head of the arrow: words of another one there would seem to belong to it. */
export function lineageHead(parent: Rectangle, child: Rectangle): Rectangle {
  const { to, isBelow } = lineageEnds(parent, child);
  return isBelow
    ? { x: to.x - 8, y: to.y - 22, width: 16, height: 22 }
    : { x: to.x - 28, y: to.y - 8, width: 28, height: 16 };
}

/** A point of the curve; `share` of the way from the parent to the child, 0…1. */
export function lineagePoint({ from, to, isBelow }: LineageEnds, share: number): Point {
  const bend = bendOf({ from, to, isBelow });
  const [first, second] = isBelow
    ? [
        { x: from.x, y: from.y + bend },
        { x: to.x, y: to.y - bend },
      ]
    : [
        { x: from.x + bend, y: from.y },
        { x: to.x - bend, y: to.y },
      ];
  const rest = 1 - share;
  const along = (axis: 'x' | 'y'): number =>
    rest ** 3 * from[axis] +
    3 * rest * rest * share * first![axis] +
    3 * rest * share * share * second![axis] +
    share ** 3 * to[axis];
  return { x: along('x'), y: along('y') };
}

/** How far the curve leads straight out of its ends. */
function bendOf({ from, to, isBelow }: LineageEnds): number {
  return isBelow ? Math.max(8, (to.y - from.y) / 2) : Math.max(16, Math.abs(to.x - from.x) / 2);
}

/** In the stroke and fill that `context` has; `isCurved` false draws a mere line. */
export function paintLineageArrow(
  context: CanvasRenderingContext2D,
  parent: Rectangle,
  child: Rectangle,
  isCurved: boolean,
): void {
  const ends = lineageEnds(parent, child);
  if (!isCurved) {
    const to = ends.isBelow ? { x: ends.to.x, y: child.y } : { x: child.x, y: ends.to.y };
    context.beginPath();
    context.moveTo(ends.from.x, ends.from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  } else if (ends.isBelow) paintDown(context, ends);
  else paintSideways(context, ends);
}

/** Everything the arrow may cover. */
export function lineageBounds(parent: Rectangle, child: Rectangle): Rectangle {
  const x = Math.min(parent.x, child.x);
  const y = Math.min(parent.y, child.y);
  return {
    x,
    y,
    width: Math.max(parent.x + parent.width, child.x + child.width) - x,
    height: Math.max(parent.y + parent.height, child.y + child.height) - y,
  };
}

function paintSideways(context: CanvasRenderingContext2D, ends: LineageEnds): void {
  const { from, to } = ends;
  const bend = bendOf(ends);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x - 6, to.y);
  context.stroke();
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(to.x - 7, to.y - 4);
  context.lineTo(to.x - 7, to.y + 4);
  context.fill();
}

/** To a child under its parent: down beside the title, so that no picture is crossed. */
function paintDown(context: CanvasRenderingContext2D, ends: LineageEnds): void {
  const { from, to } = ends;
  const bend = bendOf(ends);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x, from.y + bend, to.x, to.y - bend, to.x, to.y - 6);
  context.stroke();
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(to.x - 4, to.y - 7);
  context.lineTo(to.x + 4, to.y - 7);
  context.fill();
}
