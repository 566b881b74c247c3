/** Putting pictures on canvases. Everything here only draws bitmaps that are already decoded. */
import type { ComputedPosition } from '../state/timeline.svelte.js';
import { filmPositions, type FilmSlot } from './layout.js';

export type PaneName = 'noised' | 'alone' | 'restored';

/** The canvas keeps the picture's own pixels; the compositor scales it, so a drag costs one small copy per pane. */
export function drawPane(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
}

/** `width` × `height` in CSS pixels; pictures that are not there yet are left empty. */
export function drawFilm(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  slots: readonly FilmSlot[],
  positions: readonly ComputedPosition[],
  pane: PaneName,
): void {
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  context.imageSmoothingQuality = 'high';
  filmPositions(slots, positions).forEach((index, slot) => {
    const position = positions[index];
    if (position === undefined) return;
    const { left, width: slotWidth } = slots[slot]!;
    drawCovering(context, position[pane], left, 0, slotWidth, height);
  });
}

/** Fills the box with the middle of the picture, without distorting it. */
function drawCovering(
  context: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [sourceWidth, sourceHeight] = [width / scale, height / scale];
  context.save();
  context.beginPath();
  context.roundRect(left, top, width, height, 3);
  context.clip();
  context.drawImage(
    bitmap,
    (bitmap.width - sourceWidth) / 2,
    (bitmap.height - sourceHeight) / 2,
    sourceWidth,
    sourceHeight,
    left,
    top,
    width,
    height,
  );
  context.restore();
}
