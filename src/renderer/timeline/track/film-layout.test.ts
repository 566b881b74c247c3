import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filmCounts } from '../../../shared/tokens/build-up.js';
import { filmLayout, tiePath } from './film-layout.js';
import { tokenColumns, wholeColumns } from './token-columns.js';

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
        const columns = tokenColumns({ left: 8, width: width - 16 }, count);
        const ties = counts.map((_, at) => tiePath(columns, 0, counts, at, layout));
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

it('ties a picture to the columns of its tokens, where they are scrolled to', () => {
  const counts = [0, 1, 2, 4];
  const layout = filmLayout(4, 400, 60, 1);
  const whole = wholeColumns({ left: 80, width: 200 }, 4);
  expect(tiePath(whole, 0, counts, 1, layout)).toMatch(/^M80 0C.*130 0Z$/);
  expect(tiePath(whole, 0, counts, 3, layout)).toMatch(/^M180 0C.*280 0Z$/);
  expect(tiePath({ ...whole, contentWidth: 400, cell: 100 }, 100, counts, 1, layout)).toMatch(/^M80 0C.*80 0Z$/);
});
