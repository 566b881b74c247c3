import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coverageWords, movedPen, penWords } from './mask-pen.js';

const size = { width: 128, height: 64 };

it('moves a small or a large share of the longer side, and never off the picture', () => {
  expect(movedPen({ x: 10.5, y: 10.5 }, { x: 1, y: 0 }, false, size)).toEqual({ x: 12.5, y: 10.5 });
  expect(movedPen({ x: 10.5, y: 10.5 }, { x: 0, y: 1 }, true, size)).toEqual({ x: 10.5, y: 26.5 });
  expect(movedPen({ x: 0.5, y: 0.5 }, { x: 1, y: 1 }, false, { width: 1, height: 20 })).toEqual({ x: 0.5, y: 1.5 });
  const way = fc.constantFrom(-1, 0, 1);
  fc.assert(
    fc.property(fc.array(fc.tuple(way, way, fc.boolean()), { maxLength: 40 }), (moves) => {
      let at = { x: 64.5, y: 32.5 };
      for (const [x, y, far] of moves) {
        at = movedPen(at, { x, y }, far, size);
        expect(at.x > 0 && at.x < size.width && at.y > 0 && at.y < size.height).toBe(true);
        expect(at.x % 1).toBe(0.5);
      }
    }),
  );
});

it('is described, and so is what it has drawn', () => {
  const pen = { tool: 'brush', at: { x: 64.5, y: 32.5 }, size, covered: false, drawing: false } as const;
  expect(penWords(pen)).toBe('Brush at 64, 32 of 128 × 64, not masked');
  expect(penWords({ ...pen, tool: 'mask-rectangle', covered: true, drawing: true })).toBe(
    'Rectangle at 64, 32 of 128 × 64, masked, drawing',
  );
  const plain = { grow: 0, feather: 0 };
  expect(coverageWords(0, plain)).toBe('There is no mask');
  expect(coverageWords(0.004, plain)).toBe('The mask covers under 1 % of the picture');
  expect(coverageWords(0.124, { grow: 2, feather: 3 })).toBe(
    'The mask covers 12 % of the picture, grown by 2 px, feathered by 3 px',
  );
  expect(coverageWords(0.124, { grow: -1, feather: 0 })).toBe('The mask covers 12 % of the picture, narrowed by 1 px');
});
