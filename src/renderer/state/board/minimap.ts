/** The map: the whole board and the part of it in view, reduced to a small rectangle. Pure. */
import {
  boundsOf,
  rectangleToScreen,
  toBoard,
  type Camera,
  type Point,
  type Rectangle,
  type Size,
} from './geometry.js';

export interface BoardMap {
  /** From board units to pixels of the map. */
  camera: Camera;
  /** What the window shows, in pixels of the map. */
  window: Rectangle;
  /** Everything on the board is in view: there is nowhere to go. */
  whole: boolean;
}

const margin = 8;

/** On a lower board the map would lie on the frames it is there to find. In pixels. */
const lowestBoard = 440;

export function mapFits(viewport: Size): boolean {
  return viewport.height >= lowestBoard;
}

/** The part of the board that a camera shows, board units. */
export function shownPart(camera: Camera, viewport: Size): Rectangle {
  return {
    ...toBoard(camera, { x: 0, y: 0 }),
    width: viewport.width / camera.zoom,
    height: viewport.height / camera.zoom,
  };
}

/** A map of everything on the board; what the window shows beyond that is cut off at the map's edge. */
export function mapOf(items: readonly Rectangle[], camera: Camera, viewport: Size, size: Size): BoardMap {
  const content = boundsOf(items) ?? shownPart(camera, viewport);
  const shown = shownPart(camera, viewport);
  const mapCamera = fitMap(content, size);
  return { camera: mapCamera, window: rectangleToScreen(mapCamera, shown), whole: isInside(content, shown) };
}

/** The camera after pressing the map at `at`: that place in the middle of the window, at the same zoom. */
export function cameraAt(map: BoardMap, at: Point, camera: Camera, viewport: Size): Camera {
  const board = toBoard(map.camera, at);
  return {
    zoom: camera.zoom,
    x: viewport.width / 2 - board.x * camera.zoom,
    y: viewport.height / 2 - board.y * camera.zoom,
  };
}

function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** A board of any size fits its map, also below the smallest zoom of the board itself. */
function fitMap(content: Rectangle, size: Size): Camera {
  const room = { width: size.width - 2 * margin, height: size.height - 2 * margin };
  const zoom = Math.min(room.width / Math.max(1, content.width), room.height / Math.max(1, content.height));
  return {
    zoom,
    x: size.width / 2 - (content.x + content.width / 2) * zoom,
    y: size.height / 2 - (content.y + content.height / 2) * zoom,
  };
}
