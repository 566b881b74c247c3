/** Putting pictures on canvases. Everything here only draws bitmaps that are already decoded. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { ComputedPosition } from '../../state/timeline/timeline-pictures.js';
import { filmPositions, type FilmSlot } from '../track/track-layout.js';

export type PaneName = 'noised' | 'alone' | 'restored';

/** Decoded and ready to draw. */
export type Picture = ImageBitmap | OffscreenCanvas;

const rasters = new WeakMap<RasterImage, OffscreenCanvas>();

/** Pixels as something to draw, made once. */
export function pictureOf(raster: RasterImage): Picture {
  const known = rasters.get(raster);
  if (known !== undefined) return known;
  const { width, height, data } = raster;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  rasters.set(raster, canvas);
  return canvas;
}

/** The canvas keeps the picture's own pixels; the compositor scales it, so a drag costs one small copy per pane. */
export function drawPane(canvas: HTMLCanvasElement, bitmap: Picture): void {
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
}

export function drawRaster(canvas: HTMLCanvasElement, { data, width, height }: RasterImage): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
}

/** |after - before|, twice as bright: what the tokens change, black where they change nothing. */
export function drawDifference(canvas: HTMLCanvasElement, before: Picture, after: Picture): void {
  drawPane(canvas, before);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.globalCompositeOperation = 'difference';
  context.drawImage(after, 0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'lighter';
  context.drawImage(canvas, 0, 0);
  context.globalCompositeOperation = 'source-over';
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
  const context = clearedContext(canvas, width, height);
  if (context === null) return;
  context.imageSmoothingQuality = 'high';
  filmPositions(slots, positions).forEach((index, slot) => {
    const position = positions[index];
    if (position === undefined) return;
    const { left, width: slotWidth } = slots[slot]!;
    drawCovering(context, position[pane], left, 0, slotWidth, height);
  });
}

/** One token's way from its span on the axis (top edge) to its cell (bottom edge). */
export interface Ribbon {
  top: { left: number; right: number };
  bottom: { left: number; right: number };
  colour: string;
  opacity: number;
}

/** `width` × `height` in CSS pixels; later ribbons lie on top. */
export function drawRibbons(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ribbons: readonly Ribbon[],
): void {
  const context = clearedContext(canvas, width, height);
  if (context === null) return;
  const middle = height / 2;
  for (const { top, bottom, colour, opacity } of ribbons) {
    // Half a pixel less than the span on each side keeps neighbours apart without an outline.
    const inset = Math.min(0.5, (top.right - top.left) / 4);
    context.globalAlpha = opacity;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(top.left + inset, 0);
    context.bezierCurveTo(top.left + inset, middle, bottom.left + 1, middle, bottom.left + 1, height);
    context.lineTo(bottom.right - 1, height);
    context.bezierCurveTo(bottom.right - 1, middle, top.right - inset, middle, top.right - inset, 0);
    context.fill();
  }
}

/** Sized for the screen's pixels, empty, with one unit per CSS pixel; resized only when it has to be. */
function clearedContext(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const scale = window.devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(scale, 0, 0, scale, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
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
