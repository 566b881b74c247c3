import { assert, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import type { GridPlan } from '../../shared/grids/grid-plan.js';
import { sheetLayout } from './sheet-layout.js';

const planOf = (columns: number, rows: number | null) =>
  ({
    columns: { parameter: 'seed', values: Array.from({ length: columns }, (_, index) => index) },
    rows: rows === null ? null : { parameter: 'steps', values: Array.from({ length: rows }, (_, index) => index + 1) },
  }) as unknown as GridPlan;

it('shows small pictures enlarged by a whole factor and never draws more than a browser can', () => {
  expect(sheetLayout(planOf(2, 2), { width: 128, height: 128 }).cellSize).toEqual({ width: 256, height: 256 });
  expect(sheetLayout(planOf(2, null), { width: 512, height: 256 }).cellSize).toEqual({ width: 512, height: 256 });
  const sizes = record({ width: integer({ min: 16, max: 1024 }), height: integer({ min: 16, max: 1024 }) });
  assert(
    property(integer({ min: 1, max: 24 }), integer({ min: 1, max: 24 }), sizes, (columns, rows, image) => {
      const { size, cellSize, cell } = sheetLayout(planOf(columns, rows), image);
      expect(Math.max(size.width, size.height)).toBeLessThan(16_384);
      const last = cell(rows - 1, columns - 1);
      expect(last.x + cellSize.width).toBeLessThan(size.width);
      expect(last.y + cellSize.height).toBeLessThan(size.height);
      expect(cell(0, 1).x - cell(0, 0).x).toBeGreaterThan(cellSize.width);
      expect(cell(1, 0).y - cell(0, 0).y).toBeGreaterThan(cellSize.height);
    }),
  );
});
