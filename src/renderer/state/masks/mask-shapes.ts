/** What the mask tools draw: strokes, rectangles and outlines as coverage with smooth edges. Pure; pixels of the mask. */
import { emptyMask, type Mask } from '../../../shared/pictures/mask.js';

export interface MaskPoint {
  x: number;
  y: number;
}

/** A part of a mask that changed: whole pixels, the right and bottom edges not included. */
export interface DirtyBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Draws a round stroke from `from` to `to` into `mask`, changing it; tells which part changed, null for none. */
export function strokeInto(mask: Mask, from: MaskPoint, to: MaskPoint, radius: number): DirtyBox | null {
  const { width, height, data } = mask;
  const reach = radius + 1;
  const box = {
    left: Math.max(0, Math.floor(Math.min(from.x, to.x) - reach)),
    top: Math.max(0, Math.floor(Math.min(from.y, to.y) - reach)),
    right: Math.min(width, Math.ceil(Math.max(from.x, to.x) + reach)),
    bottom: Math.min(height, Math.ceil(Math.max(from.y, to.y) + reach)),
  };
  if (box.left >= box.right || box.top >= box.bottom) return null;
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const px = x + 0.5 - from.x;
      const py = y + 0.5 - from.y;
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const coverage = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
      const at = y * width + x;
      if (coverage > data[at]!) data[at] = coverage;
    }
  }
  return box;
}

/** A stroke through all points; one point is a dot. */
export function strokeMask(width: number, height: number, points: readonly MaskPoint[], radius: number): Mask {
  const mask = emptyMask(width, height);
  points.forEach((point, index) => strokeInto(mask, points[Math.max(0, index - 1)]!, point, radius));
  return mask;
}

export function rectangleMask(width: number, height: number, a: MaskPoint, b: MaskPoint): Mask {
  const corners = [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  return outlineMask(width, height, corners);
}

/** Rows inside one pixel row that the coverage is measured on. */
const subRows = 4;

/** The inside of a closed outline, even-odd, so that a loop that crosses itself leaves a hole. */
export function outlineMask(width: number, height: number, outline: readonly MaskPoint[]): Mask {
  const mask = emptyMask(width, height);
  if (outline.length < 3) return mask;
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let sub = 0; sub < subRows; sub++) {
      const crossings = crossingsAt(outline, y + (sub + 0.5) / subRows);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) addSpan(row, crossings[pair]!, crossings[pair + 1]!);
    }
    for (let x = 0; x < width; x++) mask.data[y * width + x] = Math.min(255, Math.round((row[x]! / subRows) * 255));
  }
  return mask;
}

function crossingsAt(outline: readonly MaskPoint[], y: number): number[] {
  const crossings: number[] = [];
  outline.forEach((a, index) => {
    const b = outline[(index + 1) % outline.length]!;
    if (a.y <= y !== b.y <= y) crossings.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
  });
  return crossings.sort((one, other) => one - other);
}

/** Adds how much of each pixel lies between `from` and `to`. */
function addSpan(row: Float32Array, from: number, to: number): void {
  const begin = Math.max(0, from);
  const end = Math.min(row.length, to);
  for (let x = Math.floor(begin); x < end; x++) row[x]! += Math.min(end, x + 1) - Math.max(begin, x);
}
