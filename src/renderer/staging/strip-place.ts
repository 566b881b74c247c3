/** Where the strip of candidates stands on the board. Pure; CSS pixels from the board's top left corner. */
import type { Point, Rectangle, Size } from '../state/board/geometry.js';

/** Left free to the board's edges. */
const edge = 8;
/** Between a frame and the strip under it. */
const below = 14;
const beside = 20;

/**
 * Under its frame; where the board is too low for that, to the right or the left of it; where nothing has room, over the
 * frame's lower edge. Always whole on the board when it fits there at all, `foot` pixels above its lower edge.
 */
export function stripPlace(
  frame: Rectangle,
  strip: Size,
  { width, height }: Size,
  foot = edge,
): { left: number; top: number } {
  const board = { width, height: height - foot + edge };
  const under = at({ x: frame.x + (frame.width - strip.width) / 2, y: frame.y + frame.height + below }, strip, board);
  if (under.top >= frame.y + frame.height) return under;
  const right = frame.x + frame.width + beside;
  const left = frame.x - beside - strip.width;
  if (right + strip.width <= board.width - edge) return at({ x: right, y: frame.y }, strip, board);
  return left >= edge ? at({ x: left, y: frame.y }, strip, board) : under;
}

function at({ x, y }: Point, strip: Size, board: Size): { left: number; top: number } {
  return {
    left: Math.max(edge, Math.min(board.width - strip.width - edge, x)),
    top: Math.max(edge, Math.min(board.height - strip.height - edge, y)),
  };
}
