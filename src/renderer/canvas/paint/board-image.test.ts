import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageLimits } from '../../../shared/pictures/images.js';
import { importedFrame } from '../../state/document/frames.js';
import { pictureScale } from './board-image.js';

const frame = (pixels: number) =>
  importedFrame('a.png', { imageId: 'a'.repeat(64), width: pixels, height: pixels }, { x: 0, y: 0 });

describe('the scale of an exported board', () => {
  it('keeps every pixel of the finest frame', () => {
    // Shown in 512 units, so four pixels for each.
    expect(pictureScale([frame(128), frame(2048)], { width: 1000, height: 600 })).toBe(4);
    expect(pictureScale([frame(128)], { width: 1000, height: 600 })).toBe(1);
  });

  it('stays inside the limits of a picture', () => {
    const side = fc.integer({ min: 1, max: 2_000_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 8192 }), (width, height, pixels) => {
        const scale = pictureScale([frame(pixels)], { width, height });
        const slack = 1 + 1e-9;
        expect(Math.max(width, height) * scale).toBeLessThanOrEqual(imageLimits.maxSide * slack);
        expect(width * height * scale ** 2).toBeLessThanOrEqual(imageLimits.maxPixels * slack);
      }),
    );
  });
});
