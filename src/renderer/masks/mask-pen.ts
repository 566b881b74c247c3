/** The pen that the keys move over a frame: how far it goes, and what is said about it. Pure; mask pixels. */
import type { MaskSettings } from '../../shared/pictures/mask.js';
import type { MaskPoint } from '../state/masks/mask-shapes.js';
import type { MaskTool } from '../canvas/tools/mask-tools.js';
import type { Size } from '../state/board/geometry.js';

/** Shares of the longer side that one key press moves. */
const steps = { near: 1 / 64, far: 1 / 8 } as const;

/** `by`: which way, -1, 0 or 1 on each axis. The pen stays in the middle of a pixel of the picture. */
export function movedPen(at: MaskPoint, by: MaskPoint, far: boolean, { width, height }: Size): MaskPoint {
  const step = Math.max(1, Math.round(Math.max(width, height) * (far ? steps.far : steps.near)));
  const within = (value: number, length: number) => Math.min(length - 0.5, Math.max(0.5, value));
  return { x: within(at.x + by.x * step, width), y: within(at.y + by.y * step, height) };
}

const names: Record<MaskTool, string> = {
  brush: 'Brush',
  eraser: 'Eraser',
  'mask-rectangle': 'Rectangle',
  lasso: 'Lasso',
};

/** “Brush at 64, 32 of 128 × 128, not masked, drawing”. */
export function penWords(pen: {
  tool: MaskTool;
  at: MaskPoint;
  size: Size;
  covered: boolean;
  drawing: boolean;
}): string {
  const { tool, at, size, covered, drawing } = pen;
  const place = `${Math.floor(at.x)}, ${Math.floor(at.y)} of ${size.width} × ${size.height}`;
  return `${names[tool]} at ${place}, ${covered ? 'masked' : 'not masked'}${drawing ? ', drawing' : ''}`;
}

/** “The mask covers 12 % of the picture, grown by 2 px”; `share` 0…1 of what was painted, the settings come on top. */
export function coverageWords(share: number, { grow, feather }: MaskSettings): string {
  if (share === 0) return 'There is no mask';
  const percent = share * 100;
  const settings = [
    grow > 0 ? `grown by ${grow} px` : grow < 0 ? `narrowed by ${-grow} px` : null,
    feather > 0 ? `feathered by ${feather} px` : null,
  ].filter((words) => words !== null);
  const painted = `The mask covers ${percent < 1 ? 'under 1' : percent.toFixed(0)} % of the picture`;
  return [painted, ...settings].join(', ');
}
