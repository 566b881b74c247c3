/** The board's own pattern, which moves and grows with the camera. */
import type { Camera, Point, Size } from '../../state/board/geometry.js';

/** Of the board between two dots at zoom 1. */
const usualGap = 32;
/** Between which distances on screen dots stay at every zoom, CSS pixels. */
const [leastGap, mostGap] = [18, 48];
/** Of a dot, CSS pixels. */
const dotSide = 2;

/** CSS pixels between two dots: doubled or halved until it is comfortable to look at. */
export function dotGap(zoom: number): number {
  let gap = usualGap * zoom;
  while (gap < leastGap) gap *= 2;
  while (gap > mostGap) gap /= 2;
  return gap;
}

/** The first dot that may show at the left or at the top: at most one gap outside. */
export function firstDot({ x, y }: Camera, gap: number): Point {
  const before = (value: number): number => (((value % gap) + gap) % gap) - gap;
  return { x: before(x), y: before(y) };
}

/**
 * One path of squares on whole pixels of the screen. As a background of its own the pattern was rastered anew at every step of a zoom, and laid over
 * the board once more in every frame.
 */
export function paintDots(
  context: CanvasRenderingContext2D,
  { camera, viewport, colour, pixelRatio }: { camera: Camera; viewport: Size; colour: string; pixelRatio: number },
): void {
  const gap = dotGap(camera.zoom);
  const first = firstDot(camera, gap);
  const onPixel = (value: number): number => Math.round(value * pixelRatio) / pixelRatio;
  context.fillStyle = colour;
  context.beginPath();
  for (let y = first.y; y < viewport.height; y += gap) {
    const top = onPixel(y);
    for (let x = first.x; x < viewport.width; x += gap) context.rect(onPixel(x), top, dotSide, dotSide);
  }
  context.fill();
}
