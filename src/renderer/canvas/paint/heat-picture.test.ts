import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seenPlace } from './heat-picture.js';

const side = fc.integer({ min: 1, max: 5000 });

it('lies in the middle of its frame, in the shape the model sees', () => {
  fc.assert(
    fc.property(fc.record({ x: side, y: side, width: side, height: side }), side, side, (place, width, height) => {
      const seen = seenPlace(place, { width, height });
      expect(seen.width / seen.height).toBeCloseTo(width / height, 6);
      expect(seen.x + seen.width / 2).toBeCloseTo(place.x + place.width / 2, 6);
      expect(seen.y + seen.height / 2).toBeCloseTo(place.y + place.height / 2, 6);
      expect(Math.max(seen.width / place.width, seen.height / place.height)).toBeCloseTo(1, 6);
      expect(Math.min(seen.width / place.width, seen.height / place.height)).toBeLessThanOrEqual(1 + 1e-9);
    }),
  );
  expect(seenPlace({ x: 10, y: 20, width: 800, height: 500 }, { width: 8, height: 8 })).toEqual({
    x: 160,
    y: 20,
    width: 500,
    height: 500,
  });
});
