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
      const { pane, panes, track, curve, film, matrix, gap } = presentationLayout(width, height, aspect);
      expect(panes * pane.width + (panes - 1) * gap).toBeLessThanOrEqual(track);
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

it('shows pictures and not only words in a small window, and what the tokens added where there is width for it', () => {
  const [small, wide] = [presentationLayout(800, 560, 1), presentationLayout(1920, 1080, 1)];
  expect(small.pane.width).toBeGreaterThan(120);
  expect(small.scale).toBeLessThan(1);
  expect(wide.scale).toBe(1);
  expect(wide.panes).toBe(4);
  expect(presentationLayout(1280, 1024, 1).panes).toBe(3);
});
