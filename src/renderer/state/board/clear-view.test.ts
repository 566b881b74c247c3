import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearOf, fitClearOf, mapCorner } from './clear-view.js';
import { fitCamera, intersects, rectangleToScreen } from './geometry.js';

const viewport = { width: 1000, height: 600 };
const corner = mapCorner(viewport);

describe('clearOf', () => {
  it('moves what lies under the corner up or left, whichever is less', () => {
    const low = { x: 850, y: 400, width: 100, height: 50 };
    expect(clearOf(corner, { x: 0, y: 0, zoom: 1 }, [low])).toEqual({ x: 0, y: corner.y - 450, zoom: 1 });
    const wide = { x: 700, y: 200, width: 120, height: 380 };
    expect(clearOf(corner, { x: 0, y: 0, zoom: 1 }, [wide])).toEqual({ x: corner.x - 820, y: 0, zoom: 1 });
  });

  it('leaves the camera where nothing is covered, and where nothing can be done', () => {
    const camera = { x: 3, y: 4, zoom: 1 };
    expect(clearOf(corner, camera, [{ x: 0, y: 0, width: 100, height: 100 }])).toBe(camera);
    expect(clearOf(corner, camera, [{ x: 10, y: 10, width: 980, height: 580 }])).toBe(camera);
  });
});

it('fitting shows everything, nothing under the corner, and no smaller than needed', () => {
  const part = fc.record({
    x: fc.integer({ min: -2000, max: 2000 }),
    y: fc.integer({ min: -2000, max: 2000 }),
    width: fc.integer({ min: 50, max: 600 }),
    height: fc.integer({ min: 50, max: 600 }),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const camera = fitClearOf(corner, parts, viewport, 64);
      for (const one of parts) {
        const shown = rectangleToScreen(camera, one);
        expect(intersects(shown, corner)).toBe(false);
        expect(shown.x).toBeGreaterThan(0);
        expect(shown.y).toBeGreaterThan(0);
        expect(shown.x + shown.width).toBeLessThan(viewport.width);
        expect(shown.y + shown.height).toBeLessThan(viewport.height);
      }
    }),
  );
  // Nothing stands in the corner: the whole board is used.
  const diagonal = [
    { x: 0, y: 0, width: 400, height: 50 },
    { x: 0, y: 0, width: 50, height: 400 },
  ];
  expect(fitClearOf(corner, diagonal, viewport, 64)).toEqual(
    fitCamera({ x: 0, y: 0, width: 400, height: 400 }, viewport, 64),
  );
});
