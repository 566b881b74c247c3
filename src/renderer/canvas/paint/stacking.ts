/** Which frames on the screen lie on which: for titles and outlines, which are painted above all pictures. Pure; screen pixels. */
import { intersects, type Rectangle } from '../../state/board/geometry.js';

/** Cells the view is divided into, so that only neighbours are compared. */
const columns = 24;
const rows = 16;

export interface Stacked {
  /** Boxes in front of this one that touch it or its title, back to front. */
  front: Rectangle[];
  /** Its title stands on a picture behind it. */
  onPicture: boolean;
}

/**
 * For those that meet another one, by index. `boxes` are back to front; `title` is the room a title takes above each; nothing
 * beyond `view` is looked at.
 */
export function stackedBoxes(
  boxes: readonly Rectangle[],
  title: number,
  view: Rectangle,
): ReadonlyMap<number, Stacked> {
  const cells = Array.from({ length: columns * rows }, (): number[] => []);
  const comparedWith = new Int32Array(boxes.length).fill(-1);
  const met = new Map<number, Stacked>();
  const stackOf = (index: number): Stacked => {
    const known = met.get(index) ?? { front: [], onPicture: false };
    met.set(index, known);
    return known;
  };
  for (const [index, box] of boxes.entries()) {
    const [left, right] = range(box.x - view.x, box.width, view.width, columns);
    const [top, bottom] = range(box.y - title - view.y, box.height + title, view.height, rows);
    for (let column = left; column <= right; column++) {
      for (let row = top; row <= bottom; row++) {
        const cell = cells[column * rows + row]!;
        for (const other of cell) {
          if (comparedWith[other] === index) continue;
          comparedWith[other] = index;
          const behind = boxes[other]!;
          if (box.x >= behind.x + behind.width || behind.x >= box.x + box.width) continue;
          const end = behind.y + behind.height;
          if (box.y - title < end && behind.y < box.y && title > 0) stackOf(index).onPicture = true;
          if (box.y < end && behind.y - title < box.y + box.height) stackOf(other).front.push(box);
        }
        cell.push(index);
      }
    }
  }
  return met;
}

/** The first and the last cell of a row of `count` over `whole` that something reaches into; what is outside is at the ends. */
function range(start: number, length: number, whole: number, count: number): [first: number, last: number] {
  const scale = count / whole;
  return [
    Math.min(count - 1, Math.max(0, Math.floor(start * scale))),
    Math.max(0, Math.min(count - 1, Math.floor((start + length) * scale))),
  ];
}

/** How much of a title's line is free from its start, when `front` lies before it. */
export function freeTitleWidth(title: Rectangle, front: readonly Rectangle[]): number {
  return front
    .filter((box) => intersects(box, title))
    .reduce((width, box) => Math.max(0, Math.min(width, box.x - title.x)), title.width);
}
