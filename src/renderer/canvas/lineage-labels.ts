/**
 * Where the words on arrows between frames stand: on the middle of the arrow, in as many lines as the gap has room for, and
 * nowhere they would cover a picture, a title or other words. Pure; screen pixels.
 */
import { intersects, type Point, type Rectangle } from '../state/geometry.js';
import { lineageEnds } from './lineage.js';
import { wrapText } from './note-text.js';

export interface LineageLabel {
  lines: string[];
  box: Rectangle;
}

export const labelLineHeight = 14;
export const labelPadding = { x: 6, y: 3 } as const;
/** Fewer pixels hold no word that says anything. */
const narrowest = 60;
const widest = 200;
const mostLines = 3;
/** Left free towards pictures, so that words do not look like part of them. */
const clearance = 4;

/**
 * The words of one arrow, or null where there is no room. `taken` is what they may not cover; `widthOf` measures in the
 * writing of the label.
 */
export function lineageLabel(
  text: string,
  parent: Rectangle,
  child: Rectangle,
  taken: (box: Rectangle) => boolean,
  widthOf: (text: string) => number,
): LineageLabel | null {
  const { from, to, isBelow } = lineageEnds(parent, child);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const room = isBelow ? Math.max(parent.width, child.width) : to.x - from.x - 2 * clearance;
  const height = isBelow ? to.y - from.y - 2 * clearance : Infinity;
  const most = Math.min(mostLines, Math.floor((height - 2 * labelPadding.y) / labelLineHeight));
  // Steps of a few pixels: words do not jump to and fro while the board is zoomed.
  const width = Math.floor(Math.min(widest, room - 2 * labelPadding.x) / 4) * 4;
  if (width < narrowest || most < 1) return null;
  const lines = shortened(wrapText(text, width, widthOf), most, width, widthOf);
  const box = boxAround(middle, lines, widthOf);
  // A level arrow would vanish behind its words: they stand on it instead.
  if (!isBelow && Math.abs(to.y - from.y) < box.height) box.y = Math.round(Math.min(from.y, to.y) - box.height - 1);
  return taken(box) ? null : { lines, box };
}

/** True for what any of `boxes` covers. */
export function coveredBy(boxes: readonly Rectangle[]): (box: Rectangle) => boolean {
  return (box) => boxes.some((one) => intersects(one, box));
}

function shortened(lines: string[], most: number, width: number, widthOf: (text: string) => number): string[] {
  if (lines.length <= most) return lines;
  let last = lines.slice(most - 1).join(' ');
  while (last !== '' && widthOf(`${last}…`) > width) last = last.slice(0, -1).trimEnd();
  return [...lines.slice(0, most - 1), `${last}…`];
}

function boxAround(middle: Point, lines: readonly string[], widthOf: (text: string) => number): Rectangle {
  const width = Math.ceil(Math.max(...lines.map(widthOf))) + 2 * labelPadding.x;
  const height = lines.length * labelLineHeight + 2 * labelPadding.y;
  return { x: Math.round(middle.x - width / 2), y: Math.round(middle.y - height / 2), width, height };
}
