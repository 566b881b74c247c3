/** Keeping what is to be seen out from under what lies over the board, the map in its corner. Pure; screen is CSS pixels. */
import {
  boundsOf,
  fitCamera,
  intersects,
  rectangleToScreen,
  type Camera,
  type Rectangle,
  type Size,
} from './geometry.js';

export const mapSize = { width: 176, height: 116 } as const;
/** From the right and the bottom edge of the board: under the map stand the zoom buttons. */
export const mapInset = { right: 12, bottom: 52 } as const;
/** Left free around the map: above it lie the sizes that stand under frames. */
const clearance = { side: 12, top: 34 } as const;

/** The corner of the board that the map and what stands under it take. */
export function mapCorner({ width, height }: Size): Rectangle {
  const size = {
    width: mapSize.width + mapInset.right + clearance.side,
    height: mapSize.height + mapInset.bottom + clearance.top,
  };
  return { x: width - size.width, y: height - size.height, ...size };
}

/**
 * `camera` moved up or left, whichever is less, until none of `parts` (board units) is under `corner`; as it was where that
 * would push one of them closer than `margin` to another edge.
 */
export function clearOf(corner: Rectangle, camera: Camera, parts: readonly Rectangle[], margin = 16): Camera {
  const shown = parts.map((part) => rectangleToScreen(camera, part));
  const bounds = boundsOf(shown);
  if (bounds === null || isClear(corner, camera, parts)) return camera;
  const up = { ...camera, y: camera.y - (bounds.y + bounds.height - corner.y) };
  const left = { ...camera, x: camera.x - (bounds.x + bounds.width - corner.x) };
  const moved = [up, left].filter(({ x, y }) => bounds.x + x - camera.x >= margin && bounds.y + y - camera.y >= margin);
  const travel = ({ x, y }: Camera): number => Math.abs(x - camera.x) + Math.abs(y - camera.y);
  return moved.sort((a, b) => travel(a) - travel(b))[0] ?? camera;
}

function isClear(corner: Rectangle, camera: Camera, parts: readonly Rectangle[]): boolean {
  return !parts.some((part) => intersects(rectangleToScreen(camera, part), corner));
}

/** The largest view of all `parts` with none of them under `corner`: on the whole board, or beside or above the corner. */
export function fitClearOf(
  corner: Rectangle,
  parts: readonly Rectangle[],
  viewport: Size,
  margin: number,
  largestZoom?: number,
): Camera {
  const content = boundsOf(parts)!;
  const whole = clearOf(corner, fitCamera(content, viewport, margin, largestZoom), parts);
  if (isClear(corner, whole, parts)) return whole;
  const rooms = [
    { width: corner.x, height: viewport.height },
    { width: viewport.width, height: corner.y },
  ].filter((room) => Math.min(room.width, room.height) > 3 * margin);
  const others = rooms
    .map((room) => clearOf(corner, fitCamera(content, room, margin, largestZoom), parts))
    .sort((a, b) => b.zoom - a.zoom);
  return others[0] ?? whole;
}
