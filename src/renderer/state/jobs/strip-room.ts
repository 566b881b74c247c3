/** The room that a frame and the strip of its candidates take of the board together. Pure; CSS pixels. */
import type { Size } from '../board/geometry.js';

export interface StripRoom extends Size {
  side: 'under' | 'beside';
  /** Smaller pictures and fewer lines: the board is too low for more, and too narrow for the strip beside the frame. */
  compact: boolean;
}

/** A higher board has room for the strip under the frame. */
const highEnough = 480;
/** The strip, and a frame beside it in which something can be seen. */
const wideEnough = 600;

export function stripRoom(board: Size): StripRoom {
  if (board.height >= highEnough) return { side: 'under', compact: false, width: 380, height: 226 };
  if (board.width >= wideEnough) return { side: 'beside', compact: false, width: 380, height: 226 };
  return { side: 'under', compact: true, width: 360, height: 174 };
}
