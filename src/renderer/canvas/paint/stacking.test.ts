import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersects, type Rectangle } from '../../state/board/geometry.js';
import { freeTitleWidth, stackedBoxes } from './stacking.js';

const view = { x: 0, y: 0, width: 1200, height: 800 };
const title = 22;
const square = (x: number, y: number, side = 200): Rectangle => ({ x, y, width: side, height: side });

/** What two that meet have in common. */
function shared(a: Rectangle, b: Rectangle): Rectangle {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return {
    x,
    y,
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  };
}

describe('frames that lie on each other', () => {
  it('know what lies before them, and when their title stands on a picture', () => {
    const [back, front] = [square(100, 100), square(200, 200)];
    const stacked = stackedBoxes([back, front, square(700, 100)], title, view);
    expect(stacked.get(0)).toEqual({ front: [front], onPicture: false });
    expect(stacked.get(1)).toEqual({ front: [], onPicture: true });
    expect(stacked.get(2)).toBeUndefined();
  });

  it('count the title as part of what is behind', () => {
    const under = square(100, 310);
    expect(stackedBoxes([under, square(100, 100)], title, view).get(0)?.front).toHaveLength(1);
    expect(stackedBoxes([under, square(100, 100)], 0, view).size).toBe(0);
  });

  it('are found wherever in view they are, as by comparing all with all', () => {
    const place = fc.record({
      x: fc.integer({ min: -300, max: 1300 }),
      y: fc.integer({ min: -300, max: 900 }),
      width: fc.integer({ min: 1, max: 100_000 }),
      height: fc.integer({ min: 1, max: 600 }),
    });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 12 }), (boxes) => {
        const stacked = stackedBoxes(boxes, 0, view);
        for (const [index, box] of boxes.entries()) {
          const found = stacked.get(index)?.front ?? [];
          for (const other of boxes.slice(index + 1)) {
            if (found.includes(other)) expect(intersects(box, other)).toBe(true);
            else expect(intersects(box, other) && intersects(shared(box, other), view)).toBe(false);
          }
        }
      }),
    );
  });
});

it('a title is cut where a frame before it begins', () => {
  const line = { x: 100, y: 80, width: 200, height: 20 };
  expect(freeTitleWidth(line, [])).toBe(200);
  expect(freeTitleWidth(line, [square(180, 60), square(220, 0)])).toBe(80);
  expect(freeTitleWidth(line, [square(0, 0)])).toBe(0);
  expect(freeTitleWidth(line, [square(180, 200)])).toBe(200);
});
