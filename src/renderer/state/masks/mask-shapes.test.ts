import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmpty, maskBounds } from '../../../shared/pictures/mask.js';
import { outlineMask, rectangleMask, strokeInto, strokeMask } from './mask-shapes.js';

describe('what the tools draw', () => {
  const point = fc.record({ x: fc.integer({ min: -5, max: 20 }), y: fc.integer({ min: -5, max: 20 }) });

  it('a stroke covers its middle, ends at its radius, and tells every pixel it changed', () => {
    fc.assert(
      fc.property(point, point, fc.integer({ min: 1, max: 6 }), (from, to, by) => {
        const mask = { width: 16, height: 12, data: new Uint8Array(16 * 12) };
        const box = strokeInto(mask, from, to, by);
        mask.data.forEach((value, at) => {
          const x = (at % 16) + 0.5;
          const y = Math.floor(at / 16) + 0.5;
          const onPath = Math.min(Math.hypot(x - from.x, y - from.y), Math.hypot(x - to.x, y - to.y));
          if (onPath <= by - 0.5) expect(value).toBe(255);
          if (value === 0) return;
          expect(x > box!.left && x < box!.right && y > box!.top && y < box!.bottom).toBe(true);
        });
      }),
    );
  });

  it('a rectangle covers whole pixels fully and cut ones in part, whichever corner came first', () => {
    const mask = rectangleMask(4, 3, { x: 3, y: 2 }, { x: 0.5, y: 1 });
    expect([...mask.data]).toEqual([0, 0, 0, 0, 128, 255, 255, 0, 0, 0, 0, 0]);
    expect(maskBounds(mask)).toEqual({ x: 0, y: 1, width: 3, height: 1 });
  });

  it('an outline that crosses itself leaves a hole; two points enclose nothing', () => {
    const square = (from: number, to: number) => [
      { x: from, y: from },
      { x: to, y: from },
      { x: to, y: to },
      { x: from, y: to },
    ];
    const ring = outlineMask(8, 8, [...square(0, 8), { x: 0, y: 0 }, ...square(2, 6), { x: 2, y: 2 }]);
    expect(ring.data[0]).toBe(255);
    expect(ring.data[4 * 8 + 4]).toBe(0);
    expect(isEmpty(outlineMask(8, 8, square(0, 8).slice(0, 2)))).toBe(true);
    expect(isEmpty(strokeMask(8, 8, [], 3))).toBe(true);
  });
});
