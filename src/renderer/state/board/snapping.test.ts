import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rectangle } from './geometry.js';
import { snapMove } from './snapping.js';

const box = (x: number, y: number, width = 100, height = 100): Rectangle => ({ x, y, width, height });

describe('snapping', () => {
  it('brings edges together on both axes and shows the line they share', () => {
    const { by, guides } = snapMove(box(0, 0), { x: 303, y: 298 }, [box(300, 0), box(0, 300)], 6);
    expect(by).toEqual({ x: 300, y: 300 });
    expect(guides).toContainEqual({ kind: 'edge', axis: 'x', at: 300, from: 0, to: 400 });
    expect(guides).toContainEqual({ kind: 'edge', axis: 'y', at: 300, from: 0, to: 400 });
  });

  it('meets middles too', () => {
    const { by } = snapMove(box(0, 0, 50, 50), { x: 327, y: 500 }, [box(300, 0)], 6);
    expect(by).toEqual({ x: 325, y: 500 });
  });

  it('leaves alone what is further away than the tolerance', () => {
    expect(snapMove(box(0, 0), { x: 207, y: 333 }, [box(400, 0)], 6)).toEqual({ by: { x: 207, y: 333 }, guides: [] });
  });

  it('rests as far from its neighbour as that one from the next', () => {
    const row = [box(0, 0), box(130, 20)];
    const { by, guides } = snapMove(box(0, 0), { x: 264, y: 35 }, row, 6);
    expect(by).toEqual({ x: 260, y: 35 });
    expect(guides.filter(({ kind }) => kind === 'gap')).toEqual([
      { kind: 'gap', axis: 'x', at: 60, from: 100, to: 130 },
      { kind: 'gap', axis: 'x', at: 77.5, from: 230, to: 260 },
    ]);
  });

  it('rests in the middle between two', () => {
    const { by } = snapMove(box(0, 0, 60, 60), { x: 201, y: 33 }, [box(0, 0), box(363, 0)], 6);
    expect(by.x).toBe(202);
  });

  const whole = fc.integer({ min: -500, max: 500 });
  const side = fc.integer({ min: 10, max: 300 });
  const rectangle = fc.record({ x: whole, y: whole, width: side, height: side });

  it('never moves further than the tolerance, and comes to rest at once', () => {
    fc.assert(
      fc.property(
        rectangle,
        fc.record({ x: whole, y: whole }),
        fc.array(rectangle, { maxLength: 12 }),
        fc.integer({ min: 0, max: 20 }),
        (moving, wanted, others, tolerance) => {
          const first = snapMove(moving, wanted, others, tolerance);
          expect(Math.abs(first.by.x - wanted.x)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(first.by.y - wanted.y)).toBeLessThanOrEqual(tolerance);
          const edges = first.guides.filter(({ kind }) => kind === 'edge');
          const again = snapMove(moving, first.by, others, tolerance);
          for (const { axis } of edges) expect(again.by[axis]).toBe(first.by[axis]);
        },
      ),
    );
  });

  it('shows only lines that something else really has', () => {
    fc.assert(
      fc.property(rectangle, fc.array(rectangle, { minLength: 1, maxLength: 8 }), (moving, others) => {
        for (const guide of snapMove(moving, { x: 3, y: -4 }, others, 8).guides) {
          if (guide.kind !== 'edge') continue;
          const length = guide.axis === 'x' ? 'width' : 'height';
          const met = others.some((one) =>
            [0, 0.5, 1].some((share) => Math.abs(one[guide.axis] + one[length] * share - guide.at) <= 0.51),
          );
          expect(met).toBe(true);
          expect(guide.to).toBeGreaterThan(guide.from);
        }
      }),
    );
  });
});
