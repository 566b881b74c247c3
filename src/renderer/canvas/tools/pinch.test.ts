import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBoard, zoomLimits, type Point } from '../../state/board/geometry.js';
import { pinch, withFinger, withoutFinger } from './pinch.js';

const fingers = (first: Point, second: Point) => withFinger(withFinger(new Map(), 1, first), 2, second);
const point = fc.record({ x: fc.integer({ min: 0, max: 1500 }), y: fc.integer({ min: 0, max: 900 }) });
const camera = fc.record({
  x: fc.integer({ min: -3000, max: 3000 }),
  y: fc.integer({ min: -3000, max: 3000 }),
  zoom: fc.double({ min: 0.1, max: 16, noNaN: true }),
});

describe('pinching', () => {
  it('zooms by the spread and keeps what is between the fingers between them', () => {
    fc.assert(
      fc.property(camera, point, point, point, point, (view, a, b, c, d) => {
        fc.pre(Math.hypot(a.x - b.x, a.y - b.y) > 10);
        const next = pinch(view, fingers(a, b), fingers(c, d));
        const held = toBoard(view, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
        const after = toBoard(next, { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2 });
        expect(after.x).toBeCloseTo(held.x, 3);
        expect(after.y).toBeCloseTo(held.y, 3);
        const spread = Math.hypot(c.x - d.x, c.y - d.y) / Math.hypot(a.x - b.x, a.y - b.y);
        const wanted = Math.min(zoomLimits.largest, Math.max(zoomLimits.smallest, view.zoom * spread));
        expect(next.zoom).toBeCloseTo(wanted, 9);
      }),
    );
  });

  it('does nothing with one finger, nor when a finger was just put down', () => {
    const view = { x: 3, y: 4, zoom: 2 };
    const one = withFinger(new Map(), 1, { x: 0, y: 0 });
    expect(pinch(view, one, withFinger(one, 1, { x: 50, y: 0 }))).toBe(view);
    expect(pinch(view, one, withFinger(one, 2, { x: 50, y: 0 }))).toBe(view);
  });

  it('leaves a third finger out until one of the two is lifted', () => {
    const two = fingers({ x: 0, y: 0 }, { x: 9, y: 9 });
    expect(withFinger(two, 3, { x: 5, y: 5 })).toBe(two);
    expect([...withFinger(withoutFinger(two, 1), 3, { x: 5, y: 5 }).keys()]).toEqual([2, 3]);
  });
});
