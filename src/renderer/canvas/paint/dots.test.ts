import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dotGap, firstDot, paintDots } from './dots.js';

const zooms = fc.double({ min: 0.02, max: 32, noNaN: true });
const offsets = fc.double({ min: -1e6, max: 1e6, noNaN: true });

it('dots keep a comfortable distance at every zoom, and stand where the board says', () => {
  fc.assert(
    fc.property(zooms, offsets, offsets, (zoom, x, y) => {
      const gap = dotGap(zoom);
      expect(gap).toBeGreaterThanOrEqual(18);
      expect(gap).toBeLessThanOrEqual(48);
      const steps = Math.log2(gap / (32 * zoom));
      expect(steps).toBeCloseTo(Math.round(steps), 9);
      const first = firstDot({ x, y, zoom }, gap);
      for (const [at, camera] of [
        [first.x, x],
        [first.y, y],
      ] as const) {
        expect(at).toBeGreaterThanOrEqual(-gap);
        expect(at).toBeLessThanOrEqual(1e-6);
        const away = (camera - at) / gap;
        expect(Math.abs(away - Math.round(away))).toBeLessThan(1e-4);
      }
    }),
  );
});

it('they cover the whole view, on whole pixels of the screen', () => {
  const rects: number[][] = [];
  const context = { beginPath: () => {}, fill: () => {}, rect: (...rect: number[]) => rects.push(rect) };
  const camera = { x: 10.3, y: -7.7, zoom: 1 };
  paintDots(context as unknown as CanvasRenderingContext2D, {
    camera,
    viewport: { width: 100, height: 60 },
    colour: 'white',
    pixelRatio: 2,
  });
  const [columns, lines] = [0, 1].map((axis) => [...new Set(rects.map((rect) => rect[axis]!))].sort((a, b) => a - b));
  expect(columns).toEqual([-21.5, 10.5, 42.5, 74.5]);
  expect(lines).toEqual([-7.5, 24.5, 56.5]);
  expect(rects).toHaveLength(12);
});
