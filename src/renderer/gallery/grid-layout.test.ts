import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankRows, cellPlace, gridLayout, moveActive, recycled, scrollTo, visibleCells } from './grid-layout.js';
import { runs } from '../../../tests/property-runs.js';

const layouts = fc
  .record({ width: fc.integer({ min: 20, max: 2000 }), count: fc.integer({ min: 0, max: 20_000 }) })
  .map(({ width, count }) => gridLayout(width, count, 88, 4));

describe('the grid', () => {
  it('fills its width with cells of at least the smallest size', () => {
    expect(gridLayout(300, 10, 88, 4)).toMatchObject({ columns: 3, rows: 4 });
    fc.assert(
      fc.property(layouts, ({ columns, cell, gap, rows, count }) => {
        expect(rows).toBe(Math.ceil(count / columns));
        if (columns > 1) expect(cell).toBeGreaterThanOrEqual(88);
        expect(columns * cell + (columns - 1) * gap).toBeGreaterThan(0);
      }),
    );
    expect(gridLayout(40, 3, 88, 4)).toMatchObject({ columns: 1, cell: 40 });
    expect(gridLayout(300, 0, 88, 4).height).toBe(0);
  });

  it('draws what is in sight and little more, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(layouts, fc.double({ min: 0, max: 1, noNaN: true }), (layout, at) => {
        const scrollTop = at * Math.max(0, layout.height - 400);
        const { from, to } = visibleCells(layout, scrollTop, 400, 2);
        for (const index of [from, to - 1].filter((one) => one >= 0 && one < layout.count)) {
          const { y } = cellPlace(layout, index);
          expect(y + layout.cell).toBeGreaterThan(scrollTop - 3 * (layout.cell + layout.gap));
          expect(y).toBeLessThan(scrollTop + 400 + 3 * (layout.cell + layout.gap));
        }
        if (layout.count === 0) return;
        const first = Math.floor(scrollTop / (layout.cell + layout.gap)) * layout.columns;
        expect(from).toBeLessThanOrEqual(first);
        expect(to - from).toBeLessThanOrEqual((Math.ceil(400 / (layout.cell + layout.gap)) + 6) * layout.columns);
        expect(to).toBeGreaterThan(from);
      }),
    );
  });

  it('gives no two cells in sight the same place in the page, and lets a cell keep its own', () => {
    const layout = gridLayout(1800, 10_000, 148, 4);
    const pool = (Math.ceil(900 / (layout.cell + layout.gap)) + 5) * layout.columns;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -700, max: 700 }), (at, step) => {
        const scrollTop = at * (layout.height - 900);
        const before = recycled(visibleCells(layout, scrollTop, 900, 2), 10_000, pool);
        const after = recycled(visibleCells(layout, Math.max(0, scrollTop + step), 900, 2), 10_000, pool);
        expect(new Set(before.map(({ slot }) => slot)).size).toBe(before.length);
        expect(before).toHaveLength(pool);
        const drawn = new Set(before.map(({ index }) => index));
        const { from, to } = visibleCells(layout, scrollTop, 900, 2);
        for (let index = from; index < to; index++) expect(drawn).toContain(index);
        const places = new Map(before.map(({ slot, index }) => [index, slot]));
        for (const { slot, index } of after) expect(places.get(index) ?? slot).toBe(slot);
      }),
      { numRuns: runs(30) },
    );
  });

  it('scrolls no further than a cell needs', () => {
    const layout = gridLayout(300, 100, 88, 4);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 2000 }), (index, scrollTop) => {
        const to = scrollTo(layout, index, scrollTop, 250);
        const { y } = cellPlace(layout, index);
        expect(y).toBeGreaterThanOrEqual(to);
        expect(y + layout.cell).toBeLessThanOrEqual(to + 250);
        if (y >= scrollTop && y + layout.cell <= scrollTop + 250) expect(to).toBe(scrollTop);
      }),
    );
  });

  it('has empty rows over everything in sight, in step with its cells and within them', () => {
    fc.assert(
      fc.property(layouts, fc.nat(), fc.integer({ min: 1, max: 2000 }), (layout, position, viewport) => {
        const top = position % Math.max(1, layout.height - viewport);
        const { y, height } = blankRows(layout, top, viewport);
        const rows = y / (layout.cell + layout.gap);
        expect(rows).toBeCloseTo(Math.round(rows), 6);
        expect(y + height).toBeLessThanOrEqual(layout.height + 1e-6);
        expect(y).toBeLessThanOrEqual(top);
        expect(y + height + layout.gap).toBeGreaterThanOrEqual(Math.min(layout.height, top + viewport) - 1e-6);
      }),
    );
  });

  it('is walked by arrows, pages, Home and End', () => {
    const layout = gridLayout(300, 11, 88, 4); // 3 columns, the last row has 2
    const from = (active: number, key: string) => moveActive(layout, active, key, 250);
    expect(from(4, 'ArrowRight')).toBe(5);
    expect(from(4, 'ArrowLeft')).toBe(3);
    expect(from(4, 'ArrowDown')).toBe(7);
    expect(from(4, 'ArrowUp')).toBe(1);
    expect(from(1, 'ArrowUp')).toBe(1);
    expect(from(8, 'ArrowDown')).toBe(10);
    expect(from(10, 'ArrowDown')).toBe(10);
    expect(from(10, 'ArrowRight')).toBe(10);
    expect(from(1, 'PageDown')).toBe(7);
    expect(from(10, 'PageUp')).toBe(4);
    expect(from(7, 'Home')).toBe(0);
    expect(from(1, 'End')).toBe(10);
    expect(from(1, 'x')).toBeNull();
    expect(moveActive(gridLayout(300, 0, 88, 4), 0, 'ArrowDown', 250)).toBe(0);
  });

  it('never leaves the grid', () => {
    const keys = fc.constantFrom(
      'ArrowRight',
      'ArrowLeft',
      'ArrowDown',
      'ArrowUp',
      'PageDown',
      'PageUp',
      'Home',
      'End',
    );
    fc.assert(
      fc.property(layouts, keys, fc.nat(20_000), (layout, key, start) => {
        if (layout.count === 0) return;
        const next = moveActive(layout, Math.min(start, layout.count - 1), key, 300)!;
        expect(next).toBeGreaterThanOrEqual(0);
        expect(next).toBeLessThan(layout.count);
      }),
    );
  });
});
