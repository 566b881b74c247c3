import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellRoom,
  columnInPanel,
  columnOf,
  scrolls,
  scrollToTokens,
  scrollUnder,
  seenInPanel,
  slotWindow,
  tokenAt,
  tokenColumns,
  wholeColumns,
} from './token-columns.js';

const counts = fc.integer({ min: 1, max: 600 });
const axes = fc.record({ left: fc.integer({ min: 0, max: 200 }), width: fc.integer({ min: 100, max: 2000 }) });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

/** Columns, somewhere they can be scrolled to, and a run of their tokens. */
const scrolled = fc.record({ axis: axes, count: counts, at: shares, a: shares, b: shares }).map((given) => {
  const columns = tokenColumns(given.axis, given.count);
  const [a, b] = [given.a, given.b].map((share) => Math.min(given.count - 1, Math.floor(share * given.count)));
  return {
    columns,
    scrollLeft: given.at * Math.max(0, columns.contentWidth - columns.width),
    range: { from: Math.min(a!, b!), to: Math.max(a!, b!) },
  };
});

describe('columns of tokens', () => {
  it('are all in sight where each can be pointed at, and scroll otherwise', () => {
    expect(tokenColumns({ left: 80, width: 640 }, 32)).toMatchObject({ cell: 20, contentWidth: 640 });
    expect(tokenColumns({ left: 80, width: 640 }, 512).contentWidth).toBe(512 * 14);
    expect(tokenColumns({ left: 80, width: 640 }, 0).contentWidth).toBe(0);
    expect(wholeColumns({ left: 80, width: 640 }, 512).contentWidth).toBe(640);
  });

  it('hold the ninety-six tokens of the shipped pack in the panel of Explore, down to a window of 800 pixels', () => {
    for (const panel of [1584, 1104, 944, 800])
      expect(scrolls(tokenColumns({ left: 80, width: panel - 32 - 80 - 108 }, 96))).toBe(false);
    expect(scrolls(tokenColumns({ left: 80, width: 620 - 32 - 80 - 108 }, 96))).toBe(true);
  });

  it('tile from V_K to V_1, a run of tokens having those of its tokens', () => {
    fc.assert(
      fc.property(scrolled, ({ columns, range: { from, to } }) => {
        const run = columnOf(columns, { from, to });
        const [coarse, fine] = [columnOf(columns, { from: to, to }), columnOf(columns, { from, to: from })];
        expect(run.left).toBeCloseTo(coarse.left, 6);
        expect(run.left + run.width).toBeCloseTo(fine.left + fine.width, 6);
        expect(columnOf(columns, { from: columns.count - 1, to: columns.count - 1 }).left).toBe(0);
        const last = columnOf(columns, { from: 0, to: 0 });
        expect(last.left + last.width).toBeCloseTo(columns.contentWidth, 6);
      }),
    );
  });

  it('find the token under a pixel, and the nearest beyond their ends', () => {
    fc.assert(
      fc.property(scrolled, ({ columns, range: { to } }) => {
        const { left, width } = columnOf(columns, { from: to, to });
        expect(tokenAt(columns, left + width / 2)).toBe(to);
        expect(tokenAt(columns, -50)).toBe(columns.count - 1);
        expect(tokenAt(columns, columns.contentWidth + 50)).toBe(0);
      }),
    );
    expect(tokenAt(wholeColumns({ left: 0, width: 0 }, 8), 5)).toBe(7);
  });

  it('are drawn wherever they are seen, and few more', () => {
    fc.assert(
      fc.property(scrolled, ({ columns, scrollLeft }) => {
        const { count, cell, width } = columns;
        const { first, end } = slotWindow(columns, scrollLeft);
        for (let slot = 0; slot < count; slot++) {
          const seen = (slot + 1) * cell > scrollLeft && slot * cell < scrollLeft + width;
          if (seen) expect(slot >= first && slot < end).toBe(true);
        }
        expect(end - first).toBeLessThanOrEqual(Math.ceil(width / cell) + 2 * 16);
      }),
    );
  });

  it('stand in the panel where they are scrolled to, cut off at the ends of what is seen', () => {
    fc.assert(
      fc.property(scrolled, ({ columns, scrollLeft, range }) => {
        const whole = columnInPanel(columns, scrollLeft, range);
        const seen = seenInPanel(columns, scrollLeft, range);
        expect(whole.left + scrollLeft - columns.left).toBeCloseTo(columnOf(columns, range).left, 6);
        expect(seen.left).toBeGreaterThanOrEqual(columns.left);
        expect(seen.right).toBeLessThanOrEqual(columns.left + columns.width);
        expect(seen.right).toBeGreaterThanOrEqual(seen.left);
        if (!scrolls(columns)) {
          expect(seen.left).toBeCloseTo(whole.left, 6);
          expect(seen.right).toBeCloseTo(whole.right, 6);
        }
      }),
    );
  });

  it('are brought into view, and left alone when they are', () => {
    fc.assert(
      fc.property(scrolled, shares, ({ columns, scrollLeft, range: { to } }, place) => {
        const range = { from: to, to };
        const middle = columnOf(columns, range).left + columns.cell / 2;
        for (const left of [
          scrollToTokens(columns, scrollLeft, range),
          scrollUnder(columns, to, place * columns.width),
        ]) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(Math.max(0, columns.contentWidth - columns.width));
          expect(middle).toBeGreaterThanOrEqual(left - 1e-6);
          expect(middle).toBeLessThanOrEqual(left + columns.width + 1e-6);
        }
        const arrived = scrollToTokens(columns, scrollLeft, range);
        expect(scrollToTokens(columns, arrived, range)).toBeCloseTo(arrived, 6);
      }),
    );
  });

  it('show the coarse end of a run that is longer than what is seen', () => {
    const columns = tokenColumns({ left: 0, width: 700 }, 512);
    const range = { from: 100, to: 300 };
    expect(scrollToTokens(columns, 0, range)).toBe((511 - 300 - 1) * 14);
    expect(scrollToTokens(columns, 6000, range)).toBe((511 - 300 - 1) * 14);
  });
});

it('a cell says as much as its width allows', () => {
  const room = (width: number) => cellRoom(wholeColumns({ left: 0, width }, 10));
  expect([room(240), room(239), room(140), room(139)]).toEqual(['code', 'marks', 'marks', 'colour']);
});
