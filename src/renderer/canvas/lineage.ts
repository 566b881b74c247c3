/** Arrows from a frame to those made of it, in screen pixels, all as one path. */
import type { Rectangle } from '../state/geometry.js';

/** Adds the arrow to the paths; whoever calls strokes and fills them once for all arrows. */
export function addLineage(lines: Path2D, heads: Path2D, parent: Rectangle, child: Rectangle): void {
  if (child.x < parent.x + parent.width && child.y >= parent.y + parent.height) addDown(lines, heads, parent, child);
  else addSideways(lines, heads, parent, child);
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

function addSideways(lines: Path2D, heads: Path2D, parent: Rectangle, child: Rectangle): void {
  const from = { x: parent.x + parent.width, y: parent.y + parent.height / 2 };
  const to = { x: child.x - 3, y: child.y + child.height / 2 };
  const bend = Math.max(16, Math.abs(to.x - from.x) / 2);
  lines.moveTo(from.x, from.y);
  lines.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x - 6, to.y);
  heads.moveTo(to.x, to.y);
  heads.lineTo(to.x - 7, to.y - 4);
  heads.lineTo(to.x - 7, to.y + 4);
  heads.closePath();
}

/** To a child under its parent: down beside the title, so that no picture is crossed. */
function addDown(lines: Path2D, heads: Path2D, parent: Rectangle, child: Rectangle): void {
  const from = { x: parent.x + parent.width / 2, y: parent.y + parent.height };
  const to = { x: child.x + child.width / 2, y: child.y - 22 };
  const bend = Math.max(8, (to.y - from.y) / 2);
  lines.moveTo(from.x, from.y);
  lines.bezierCurveTo(from.x, from.y + bend, to.x, to.y - bend, to.x, to.y - 6);
  heads.moveTo(to.x, to.y);
  heads.lineTo(to.x - 4, to.y - 7);
  heads.lineTo(to.x + 4, to.y - 7);
  heads.closePath();
}
