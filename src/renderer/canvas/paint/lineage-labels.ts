/**
 * Where the words on arrows between frames stand: on the arrow, in its middle or as near to it as can be, in as many lines as
 * the gap has room for, and nowhere they would cover a picture, a title, other words or the head of another arrow. Pure; screen
 * pixels.
 */
import { wrapLines } from '../../../shared/text/fit-text.js';
import { intersects, type Point, type Rectangle, type Size } from '../../state/board/geometry.js';
import { frameName } from '../../state/document/frames.js';
import { lineageEnds, lineagePoint } from './lineage.js';
import { narrowestTitled } from './titles.js';

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
/** Shares of the way where words are tried: towards the child, whose words they are, then towards the parent. */
const places = [0.5, 0.62, 0.74, 0.38] as const;
/** Left free towards pictures, so that words do not look like part of them. */
const clearance = 4;

/** A child that is called what was asked for, and is wide enough for a title, says it there: once is enough. */
export function isSaidByTitle(words: string, childName: string, childWidth: number): boolean {
  return childWidth >= narrowestTitled && frameName(words) === childName;
}

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
  const ends = lineageEnds(parent, child);
  const { from, to, isBelow } = ends;
  const room = isBelow ? Math.max(parent.width, child.width) : to.x - from.x - 2 * clearance;
  const height = isBelow ? to.y - from.y - 2 * clearance : Infinity;
  const most = Math.min(mostLines, Math.floor((height - 2 * labelPadding.y) / labelLineHeight));
  // Steps of a few pixels: words do not jump to and fro while the board is zoomed.
  const width = Math.floor(Math.min(widest, room - 2 * labelPadding.x) / 4) * 4;
  if (width < narrowest || most < 1) return null;
  const lines = wrapLines(text, width, widthOf, most);
  // A level arrow would vanish behind its words: they stand on it instead.
  const isLevel = !isBelow && Math.abs(to.y - from.y) < sizeOf(lines, widthOf).height;
  for (const share of isBelow || isLevel ? places.slice(0, 1) : places) {
    const box = boxAround(lineagePoint(ends, share), lines, widthOf);
    if (isLevel) box.y = Math.round(Math.min(from.y, to.y) - box.height - 1);
    else if (!isBelow) {
      // Beside the curve's ends the gap ends too.
      box.x = Math.round(Math.min(to.x - clearance - box.width, Math.max(from.x + clearance, box.x)));
    }
    if (!taken(box)) return { lines, box };
  }
  return null;
}

/** True for what any of `boxes` covers. */
export function coveredBy(boxes: readonly Rectangle[]): (box: Rectangle) => boolean {
  return (box) => boxes.some((one) => intersects(one, box));
}

function sizeOf(lines: readonly string[], widthOf: (text: string) => number): Size {
  return {
    width: Math.ceil(Math.max(...lines.map(widthOf))) + 2 * labelPadding.x,
    height: lines.length * labelLineHeight + 2 * labelPadding.y,
  };
}

function boxAround(middle: Point, lines: readonly string[], widthOf: (text: string) => number): Rectangle {
  const { width, height } = sizeOf(lines, widthOf);
  return { x: Math.round(middle.x - width / 2), y: Math.round(middle.y - height / 2), width, height };
}
