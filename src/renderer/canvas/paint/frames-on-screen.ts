/** Frames as they stand on the screen. */
import type { Frame } from '../../../shared/document/document.js';
import type { Rectangle } from '../../state/board/geometry.js';

/** `box` is in screen pixels. */
export interface Shown {
  frame: Frame;
  box: Rectangle;
}

/** On whole pixels, so that lines are one colour and not two half ones. */
export function snapped(box: Rectangle): Rectangle {
  const x = Math.round(box.x);
  const y = Math.round(box.y);
  return { x, y, width: Math.round(box.x + box.width) - x, height: Math.round(box.y + box.height) - y };
}
