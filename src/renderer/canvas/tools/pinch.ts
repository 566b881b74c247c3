/** Two fingers: the board under them moves, and zooms with their distance. Pure; one finger belongs to the tool. */
import { clampZoom, toBoard, type Camera, type Point } from '../../state/board/geometry.js';

/** Fingers on the board by pointer id, at most two; CSS pixels. */
export type Fingers = ReadonlyMap<number, Point>;

export const noFingers: Fingers = new Map();

export function withFinger(fingers: Fingers, id: number, at: Point): Fingers {
  if (!fingers.has(id) && fingers.size === 2) return fingers;
  return new Map(fingers).set(id, at);
}

export function withoutFinger(fingers: Fingers, id: number): Fingers {
  const next = new Map(fingers);
  next.delete(id);
  return next;
}

/** The camera after the fingers went from `before` to `after`; unchanged unless both hold the same two. */
export function pinch(camera: Camera, before: Fingers, after: Fingers): Camera {
  const pairs = [...before].flatMap(([id, from]) => {
    const to = after.get(id);
    return to === undefined ? [] : [{ from, to }];
  });
  const [first, second] = pairs;
  if (first === undefined || second === undefined) return camera;
  const spread = distance(first.to, second.to) / Math.max(1, distance(first.from, second.from));
  const zoom = clampZoom(camera.zoom * spread);
  const held = toBoard(camera, middle(first.from, second.from));
  const at = middle(first.to, second.to);
  return { zoom, x: at.x - held.x * zoom, y: at.y - held.y * zoom };
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
