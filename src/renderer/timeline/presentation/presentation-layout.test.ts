import fc from 'fast-check';
import { expect, it } from 'vitest';
import { presentationLayout } from './presentation-layout.js';

it('fits every screen and keeps the pictures in shape', () => {
  const screen = fc.record({
    width: fc.integer({ min: 640, max: 7680 }),
    height: fc.integer({ min: 480, max: 4320 }),
    aspect: fc.double({ min: 0.3, max: 4, noNaN: true }),
  });
  fc.assert(
    fc.property(screen, ({ width, height, aspect }) => {
      const { pane, track, curve, film, matrix, gap } = presentationLayout(width, height, aspect);
      expect(3 * pane.width + 2 * gap).toBeLessThanOrEqual(track);
      expect(track).toBeLessThanOrEqual(width);
      expect(pane.height + curve + film + matrix).toBeLessThanOrEqual(height);
      expect(Math.abs(pane.width / aspect - pane.height)).toBeLessThanOrEqual(1 + 1 / aspect);
    }),
  );
});

it('gives the pictures most of a projector', () => {
  const { pane } = presentationLayout(1920, 1080, 1);
  expect(pane.width).toBeGreaterThan(380);
});
