/** Arrows from a frame to those made of it, in screen pixels. */
import type { Point, Rectangle } from '../state/geometry.js';

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

function paintSideways(context: CanvasRenderingContext2D, { from, to }: LineageEnds): void {
  const bend = Math.max(16, Math.abs(to.x - from.x) / 2);
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
function paintDown(context: CanvasRenderingContext2D, { from, to }: LineageEnds): void {
  const bend = Math.max(8, (to.y - from.y) / 2);
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
