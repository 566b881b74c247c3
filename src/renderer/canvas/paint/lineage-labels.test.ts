import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersects, type Rectangle } from '../../state/board/geometry.js';
import { coveredBy, isSaidByTitle, lineageLabel } from './lineage-labels.js';
import { frameName } from '../../state/document/frames.js';
import { lineageHead } from './lineage.js';
import { narrowestTitled } from './titles.js';

const widthOf = (text: string) => text.length * 6;
const square = (x: number, y: number, side = 256): Rectangle => ({ x, y, width: side, height: side });
const parent = square(0, 0);
const none = () => false;

describe('words on an arrow', () => {
  it('are left to the title of a child that is called so, however long they are', () => {
    for (const words of ['make the circle green', 'make the circle green and '.repeat(20).trim()]) {
      expect(isSaidByTitle(words, frameName(words), 256)).toBe(true);
      // Too narrow for a title, or called something else: the arrow has to say it.
      expect(isSaidByTitle(words, frameName(words), narrowestTitled - 1)).toBe(false);
      expect(isSaidByTitle(words, 'Green', 256)).toBe(false);
    }
  });

  it('stand on its middle, in lines as wide as the gap allows', () => {
    const label = lineageLabel('make the circle green', parent, square(356, 300), none, widthOf)!;
    expect(label.lines).toEqual(['make the', 'circle green']);
    expect(label.box.y + label.box.height / 2).toBe(278);
    expect(label.box.x).toBeGreaterThan(256);
    expect(label.box.x + label.box.width).toBeLessThan(356);
  });

  it('stand above an arrow that is level', () => {
    const label = lineageLabel('make the circle green', parent, square(356, 0), none, widthOf)!;
    expect(label.box.y + label.box.height).toBe(127);
  });

  it('end in an ellipsis when three lines do not hold them', () => {
    const long = 'replace the large striped hexagon at the top left by two small dotted stars';
    const label = lineageLabel(long, parent, square(348, 300), none, widthOf)!;
    expect(label.lines).toHaveLength(3);
    expect(label.lines.at(-1)).toMatch(/…$/);
  });

  it('are left out where the gap is narrow, and where they would cover something', () => {
    expect(lineageLabel('blue', parent, square(300, 0), none, widthOf)).toBeNull();
    expect(lineageLabel('blue', parent, square(-400, 0), none, widthOf)).toBeNull();
    expect(lineageLabel('blue', parent, square(400, 0), coveredBy([square(300, 100, 40)]), widthOf)).toBeNull();
  });

  it('go on along the arrow where its middle is taken, the child first', () => {
    const low = square(360, 600);
    const middle = lineageLabel('blue stars', parent, low, none, widthOf)!;
    const head = lineageHead(parent, square(360, 300));
    expect(intersects(head, middle.box)).toBe(true);
    const moved = lineageLabel('blue stars', parent, low, coveredBy([head]), widthOf)!;
    expect(intersects(head, moved.box)).toBe(false);
    expect(moved.box.y).toBeGreaterThan(middle.box.y);
    const back = lineageLabel('blue stars', parent, low, (box) => box.y >= middle.box.y, widthOf)!;
    expect(back.box.y).toBeLessThan(middle.box.y);
    for (const { box } of [moved, back]) expect(box.x).toBeGreaterThanOrEqual(256);
    for (const { box } of [moved, back]) expect(box.x + box.width).toBeLessThanOrEqual(360);
  });

  it('keep to one line above the title of a child below', () => {
    const label = lineageLabel('make the circle green and the star blue', parent, square(0, 256 + 54), none, widthOf)!;
    expect(label.lines).toHaveLength(1);
    expect(lineageLabel('blue', parent, square(0, 256 + 40), none, widthOf)).toBeNull();
  });

  it('never reach into the two frames, however those lie', () => {
    const place = fc.record({
      x: fc.integer({ min: -900, max: 900 }),
      y: fc.integer({ min: -900, max: 900 }),
      width: fc.integer({ min: 1, max: 400 }),
      height: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(place, fc.string({ minLength: 1, maxLength: 80 }), (child, text) => {
        fc.pre(!intersects(parent, child));
        const label = lineageLabel(text, parent, child, coveredBy([parent, child]), widthOf);
        if (label === null) return;
        expect(intersects(label.box, parent) || intersects(label.box, child)).toBe(false);
        for (const line of label.lines) expect(widthOf(line)).toBeLessThanOrEqual(200);
      }),
    );
  });
});
