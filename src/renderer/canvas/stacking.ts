/** Which frames on the screen lie on which: for titles and outlines, which are painted above all pictures. Pure; screen pixels. */
import { intersects, type Rectangle } from '../state/geometry.js';

/** Side of the cells the screen is divided into, so that only neighbours are compared. */
const cell = 160;
/** A column and a row make one key. */
const rows = 65_536;

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
  const cells = new Map<number, number[]>();
  const met = new Map<number, Stacked>();
  const stackOf = (index: number): Stacked => {
    const known = met.get(index) ?? { front: [], onPicture: false };
    met.set(index, known);
    return known;
  };
  for (const [index, box] of boxes.entries()) {
    const titled = { ...box, y: box.y - title, height: box.height + title };
    const words = { ...box, y: box.y - title, height: title };
    const compared = new Set<number>();
    for (const key of cellsOf(titled, view)) {
      for (const other of cells.get(key) ?? []) {
        if (compared.has(other)) continue;
        compared.add(other);
        const behind = boxes[other]!;
        if (intersects(words, behind)) stackOf(index).onPicture = true;
        if (intersects({ ...behind, y: behind.y - title, height: behind.height + title }, box)) {
          stackOf(other).front.push(box);
        }
      }
      const here = cells.get(key);
      if (here === undefined) cells.set(key, [index]);
      else here.push(index);
    }
  }
  return met;
}

/** How much of a title's line is free from its start, when `front` lies before it. */
export function freeTitleWidth(title: Rectangle, front: readonly Rectangle[]): number {
  return front
    .filter((box) => intersects(box, title))
    .reduce((width, box) => Math.max(0, Math.min(width, box.x - title.x)), title.width);
}

function* cellsOf({ x, y, width, height }: Rectangle, view: Rectangle): Generator<number> {
  const last = {
    column: Math.floor((Math.min(x + width, view.x + view.width) - view.x) / cell),
    row: Math.floor((Math.min(y + height, view.y + view.height) - view.y) / cell),
  };
  for (let column = Math.max(0, Math.floor((x - view.x) / cell)); column <= last.column; column++) {
    for (let row = Math.max(0, Math.floor((y - view.y) / cell)); row <= last.row; row++) yield column * rows + row;
  }
}
