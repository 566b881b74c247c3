import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filmCounts } from '../../../shared/build-up.js';
import { filmLayout, tiePath } from './film-layout.js';

it('keeps the pictures apart, in shape and inside the box, for any number of tokens', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 512 }),
      fc.integer({ min: 200, max: 3000 }),
      fc.integer({ min: 40, max: 240 }),
      fc.double({ min: 0.4, max: 2.5, noNaN: true }),
      (count, width, height, aspect) => {
        const counts = filmCounts(count);
        const layout = filmLayout(counts.length, width, height, aspect);
        expect(layout.pictures).toHaveLength(counts.length);
        layout.pictures.forEach(({ left, width: wide }, at) => {
          expect(left).toBeGreaterThanOrEqual(
            at === 0 ? 0 : layout.pictures[at - 1]!.left + layout.pictures[at - 1]!.width,
          );
          expect(left + wide).toBeLessThanOrEqual(width);
          expect(wide / aspect).toBeCloseTo(layout.height, 6);
        });
        expect(layout.ties + layout.height + 14 * layout.lines).toBeLessThanOrEqual(height);
        const ties = counts.map((_, at) => tiePath({ left: 8, width: width - 16 }, counts, at, layout, count));
        expect(ties[0]).toBe('');
        for (const tie of ties.slice(1)) expect(tie).toMatch(/^M[\d.]+ 0C.*Z$/);
      },
    ),
  );
});

it('says in words what is new only where there is room for them', () => {
  expect(filmLayout(8, 1000, 130, 1).lines).toBe(2);
  expect(filmLayout(8, 1000, 90, 1).lines).toBe(1);
  expect(filmLayout(8, 480, 70, 1).lines).toBe(0);
  expect(filmLayout(0, 480, 70, 1).pictures).toEqual([]);
});
