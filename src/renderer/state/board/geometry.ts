/** Rectangles, the camera and where new frames go. Pure; board units unless a name says screen. */

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export type Rectangle = Point & Size;

/** screen = board · zoom + (x, y). */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

/** 2 % to 3200 %. */
export const zoomLimits = { smallest: 0.02, largest: 32 } as const;

/** The zoom levels the keyboard and the menu step through. */
export const zoomSteps = [0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;

export function clampZoom(zoom: number): number {
  return Math.min(zoomLimits.largest, Math.max(zoomLimits.smallest, zoom));
}

export function toBoard(camera: Camera, screen: Point): Point {
  return { x: (screen.x - camera.x) / camera.zoom, y: (screen.y - camera.y) / camera.zoom };
}

export function toScreen(camera: Camera, board: Point): Point {
  return { x: board.x * camera.zoom + camera.x, y: board.y * camera.zoom + camera.y };
}

export function rectangleToScreen(camera: Camera, board: Rectangle): Rectangle {
  return { ...toScreen(camera, board), width: board.width * camera.zoom, height: board.height * camera.zoom };
}

/** The board point under `screen` stays under it. */
export function zoomAround(camera: Camera, screen: Point, zoom: number): Camera {
  const next = clampZoom(zoom);
  const fixed = toBoard(camera, screen);
  return { zoom: next, x: screen.x - fixed.x * next, y: screen.y - fixed.y * next };
}

/** The next listed zoom level above (`direction` 1) or below (-1) the present one. */
export function nextZoomStep(zoom: number, direction: 1 | -1): number {
  const tolerance = 1e-6;
  if (direction === 1) return zoomSteps.find((step) => step > zoom + tolerance) ?? zoomLimits.largest;
  return zoomSteps.findLast((step) => step < zoom - tolerance) ?? zoomLimits.smallest;
}

/** The camera that shows all of `content` in the middle of `viewport`, at most at `largestZoom`. */
export function fitCamera(content: Rectangle, viewport: Size, margin = 64, largestZoom = 1.4): Camera {
  const usable = { width: Math.max(1, viewport.width - 2 * margin), height: Math.max(1, viewport.height - 2 * margin) };
  const zoom = clampZoom(
    Math.min(usable.width / Math.max(1, content.width), usable.height / Math.max(1, content.height), largestZoom),
  );
  return {
    zoom,
    x: viewport.width / 2 - (content.x + content.width / 2) * zoom,
    y: viewport.height / 2 - (content.y + content.height / 2) * zoom,
  };
}

/** The camera moved as little as needed so that `content` is visible; zooms out only when it cannot fit. */
export function revealCamera(camera: Camera, content: Rectangle, viewport: Size, margin = 56): Camera {
  const shown = rectangleToScreen(camera, content);
  if (shown.width > viewport.width - 2 * margin || shown.height > viewport.height - 2 * margin) {
    return fitCamera(content, viewport, margin, camera.zoom);
  }
  const shift = (start: number, length: number, available: number) =>
    start < margin ? margin - start : Math.min(0, available - margin - (start + length));
  return {
    zoom: camera.zoom,
    x: camera.x + shift(shown.x, shown.width, viewport.width),
    y: camera.y + shift(shown.y, shown.height, viewport.height),
  };
}

export function intersects(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains(rectangle: Rectangle, point: Point): boolean {
  return (
    point.x >= rectangle.x &&
    point.y >= rectangle.y &&
    point.x < rectangle.x + rectangle.width &&
    point.y < rectangle.y + rectangle.height
  );
}

/** Board units from `point` to the straight line between two ends. */
export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const squared = along.x ** 2 + along.y ** 2;
  const share = squared === 0 ? 0 : ((point.x - from.x) * along.x + (point.y - from.y) * along.y) / squared;
  const at = Math.min(1, Math.max(0, share));
  return Math.hypot(point.x - (from.x + along.x * at), point.y - (from.y + along.y * at));
}

export function rectangleBetween(a: Point, b: Point): Rectangle {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/** The smallest rectangle around all of them, null for none. */
export function boundsOf(rectangles: readonly Rectangle[]): Rectangle | null {
  if (rectangles.length === 0) return null;
  const left = Math.min(...rectangles.map((one) => one.x));
  const top = Math.min(...rectangles.map((one) => one.y));
  const right = Math.max(...rectangles.map((one) => one.x + one.width));
  const bottom = Math.max(...rectangles.map((one) => one.y + one.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Board size of an image: small ones are enlarged by a whole factor to at least 256 units, huge ones shown in 512. */
export function displaySize(pixelWidth: number, pixelHeight: number): Size {
  const longest = Math.max(pixelWidth, pixelHeight);
  const factor = longest >= 512 ? 512 / longest : Math.max(1, Math.floor(256 / longest));
  return { width: Math.max(1, Math.round(pixelWidth * factor)), height: Math.max(1, Math.round(pixelHeight * factor)) };
}

/** Distance between neighbours. */
export const frameGap = 64;
/** Between a frame and those made of it: room for the arrow and the words on it. */
export const childGap = 2.25 * frameGap;
/** Below this zoom the gap has no room for a title, and nothing is written between frames. */
export const titledZoom = 0.4;
const rowLength = 4;

/** Up to four rows of four; of more a block about as wide as it is high. */
function columnsFor(count: number): number {
  return count <= rowLength ** 2 ? Math.min(rowLength, count) : Math.ceil(Math.sqrt(count));
}

/**
 * Free places for pictures of these sizes as one block, the first centred on `at` when given, else to the right of the last of
 * `taken`. One alone lies exactly at `at`, whatever it covers: that is where it was put.
 */
export function placeBlock(taken: readonly Rectangle[], sizes: readonly Size[], at: Point | null): Point[] {
  const cell = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
  if (at === null) return placeFrames(taken, cell, sizes.length);
  const [first] = sizes;
  const corner = { x: at.x - first!.width / 2, y: at.y - first!.height / 2 };
  return sizes.length === 1 ? [corner] : blockAt(taken, cell, sizes.length, corner);
}

/**
 * Free places for `count` frames of `size` as one block of rows, to the right of `anchor` when given, else of the last of
 * `taken`, else around the origin. A block that would cover something moves down, row by row.
 */
export function placeFrames(
  taken: readonly Rectangle[],
  size: Size,
  count: number,
  anchor: Rectangle | null = taken.at(-1) ?? null,
): Point[] {
  return blockAt(taken, size, count, blockStart(taken, size, blockSize(size, count), anchor));
}

function blockSize(size: Size, count: number): Size {
  const columns = columnsFor(count);
  const rows = Math.ceil(count / columns);
  return {
    width: columns * size.width + (columns - 1) * frameGap,
    height: rows * size.height + (rows - 1) * frameGap,
  };
}

/** The block whose corner is at `start`, or below it, where it covers nothing. */
function blockAt(taken: readonly Rectangle[], size: Size, count: number, start: Point): Point[] {
  const columns = columnsFor(count);
  const block: Rectangle = { ...start, ...blockSize(size, count) };
  moveBelow(taken, block);
  return Array.from({ length: count }, (_, index) => ({
    x: block.x + (index % columns) * (size.width + frameGap),
    y: block.y + Math.floor(index / columns) * (size.height + frameGap),
  }));
}

/** Free places for what is made of `parent`: one column to its right, under the children it has there already. */
export function placeChildren(taken: readonly Rectangle[], size: Size, count: number, parent: Rectangle): Point[] {
  const step = size.height + frameGap;
  const column: Rectangle = {
    x: parent.x + parent.width + childGap,
    y: parent.y,
    width: size.width,
    height: count * step - frameGap,
  };
  moveBelow(taken, column);
  return Array.from({ length: count }, (_, index) => ({ x: column.x, y: column.y + index * step }));
}

/** Moves `block` down, past everything it would cover. */
function moveBelow(taken: readonly Rectangle[], block: Rectangle): void {
  while (true) {
    const covered = taken.filter((one) => intersects(grow(one, frameGap / 2), block));
    if (covered.length === 0) return;
    block.y = Math.max(...covered.map((one) => one.y + one.height)) + frameGap;
  }
}

/** The anchor's row grows to the right until it is four frames wide, then the next one starts under it. */
function blockStart(taken: readonly Rectangle[], size: Size, block: Size, anchor: Rectangle | null): Point {
  if (anchor === null) return { x: 0, y: 0 };
  const longestRow = rowLength * (size.width + frameGap);
  const row = boundsOf([anchor, ...taken.filter((one) => sharesRow(one, anchor) && anchor.x - one.x < longestRow)])!;
  const right = anchor.x + anchor.width + frameGap;
  const rowIsFull = right + block.width - row.x > longestRow;
  return rowIsFull ? { x: row.x, y: row.y + row.height + frameGap } : { x: right, y: anchor.y };
}

function sharesRow(one: Rectangle, anchor: Rectangle): boolean {
  return one.x <= anchor.x && one.y < anchor.y + anchor.height && anchor.y < one.y + one.height;
}

function grow(rectangle: Rectangle, by: number): Rectangle {
  return {
    x: rectangle.x - by,
    y: rectangle.y - by,
    width: rectangle.width + 2 * by,
    height: rectangle.height + 2 * by,
  };
}
