import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rectangleToScreen, toScreen } from './geometry.js';
import { cameraAt, mapFits, mapOf } from './minimap.js';

const whole = fc.integer({ min: -50_000, max: 50_000 });
const side = fc.integer({ min: 1, max: 4000 });
const items = fc.array(fc.record({ x: whole, y: whole, width: side, height: side }), { minLength: 1, maxLength: 20 });
const camera = fc.record({ x: whole, y: whole, zoom: fc.double({ min: 0.05, max: 32, noNaN: true }) });
const size = { width: 200, height: 140 };
const viewport = { width: 1000, height: 700 };

describe('the map', () => {
  it('stays away from a board too low for it', () => {
    expect([900, 440, 439, 120].map((height) => mapFits({ width: 1000, height }))).toEqual([true, true, false, false]);
  });

  it('holds everything on the board', () => {
    fc.assert(
      fc.property(items, camera, (all, view) => {
        const map = mapOf(all, view, viewport, size);
        for (const one of all) {
          const box = rectangleToScreen(map.camera, one);
          expect(box.x).toBeGreaterThanOrEqual(-1e-6);
          expect(box.y).toBeGreaterThanOrEqual(-1e-6);
          expect(box.x + box.width).toBeLessThanOrEqual(size.width + 1e-6);
          expect(box.y + box.height).toBeLessThanOrEqual(size.height + 1e-6);
        }
      }),
    );
  });

  it('puts the place that is pressed into the middle of the window, and shows it there', () => {
    const point = fc.record({ x: fc.integer({ min: 0, max: 200 }), y: fc.integer({ min: 0, max: 140 }) });
    fc.assert(
      fc.property(items, camera, point, (all, view, at) => {
        const next = cameraAt(mapOf(all, view, viewport, size), at, view, viewport);
        expect(next.zoom).toBe(view.zoom);
        const map = mapOf(all, next, viewport, size);
        expect(map.window.x + map.window.width / 2).toBeCloseTo(at.x, 3);
        expect(map.window.y + map.window.height / 2).toBeCloseTo(at.y, 3);
      }),
    );
  });

  it('knows when there is nowhere to go', () => {
    const box = { x: 10, y: 10, width: 100, height: 100 };
    const seen = (view: { x: number; y: number; zoom: number }, all = [box]): boolean =>
      mapOf(all, view, viewport, size).whole;
    expect(seen({ x: 0, y: 0, zoom: 1 })).toBe(true);
    expect(seen({ x: -11, y: 0, zoom: 1 })).toBe(false);
    expect(seen({ x: 0, y: 0, zoom: 7 })).toBe(false);
    expect(seen({ x: 0, y: 0, zoom: 1 }, [box, { ...box, x: 2000 }])).toBe(false);
  });

  it('shows the window itself when nothing is on the board', () => {
    const map = mapOf([], { x: 0, y: 0, zoom: 1 }, viewport, size);
    expect(toScreen(map.camera, { x: 500, y: 350 })).toEqual({ x: 100, y: 70 });
  });
});
