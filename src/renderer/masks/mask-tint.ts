/** A mask as coloured pixels over its picture. */
import type { Mask } from '../../shared/pictures/mask.js';
import type { DirtyBox } from '../state/masks/mask-shapes.js';
import { strongestTint } from '../state/masks/mask-colours.js';
import type { Stroke } from '../state/masks/masks.svelte.js';

/** Draws what the mask would be with the stroke under way into `canvas`; only `part` of it, when given. */
export function tint(
  canvas: HTMLCanvasElement,
  mask: Mask | null,
  stroke: Stroke | null,
  colour: readonly [number, number, number],
  part: DirtyBox | null,
): void {
  const { width, height } = canvas;
  const box = part ?? { left: 0, top: 0, right: width, bottom: height };
  const pixels = new ImageData(Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top));
  let to = 0;
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++, to += 4) {
      const at = y * width + x;
      const painted = mask?.data[at] ?? 0;
      const drawn = stroke?.mask.data[at] ?? 0;
      const coverage = stroke?.erase === true ? Math.min(painted, 255 - drawn) : Math.max(painted, drawn);
      if (coverage === 0) continue;
      pixels.data[to] = colour[0];
      pixels.data[to + 1] = colour[1];
      pixels.data[to + 2] = colour[2];
      pixels.data[to + 3] = (coverage / 255) * strongestTint;
    }
  }
  canvas.getContext('2d')!.putImageData(pixels, box.left, box.top);
}
