import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignments, alignShifts, distributeShifts, restacked, type Stacking } from './arrange.js';
import { boundsOf, type Point, type Rectangle } from './geometry.js';

const whole = fc.integer({ min: -2000, max: 2000 });
const side = fc.integer({ min: 1, max: 600 });
const rectangles = fc.array(fc.record({ x: whole, y: whole, width: side, height: side }), {
  minLength: 1,
  maxLength: 12,
});

function shifted(all: readonly Rectangle[], shifts: readonly Point[]): Rectangle[] {
  return all.map((one, index) => ({ ...one, x: one.x + shifts[index]!.x, y: one.y + shifts[index]!.y }));
}

describe('align', () => {
  const lineOf = {
    left: (one: Rectangle) => one.x,
    centre: (one: Rectangle) => one.x + one.width / 2,
    right: (one: Rectangle) => one.x + one.width,
    top: (one: Rectangle) => one.y,
    middle: (one: Rectangle) => one.y + one.height / 2,
    bottom: (one: Rectangle) => one.y + one.height,
  };

  it('puts all on one line of their bounds, within half a unit, and moves along one axis only', () => {
    fc.assert(
      fc.property(rectangles, fc.constantFrom(...alignments), (all, alignment) => {
        const shifts = alignShifts(all, alignment);
        const line = lineOf[alignment](boundsOf(all)!);
        for (const one of shifted(all, shifts))
          expect(Math.abs(lineOf[alignment](one) - line)).toBeLessThanOrEqual(0.5);
        const still = alignment === 'left' || alignment === 'centre' || alignment === 'right' ? 'y' : 'x';
        for (const shift of shifts) expect(Math.abs(shift[still])).toBe(0);
      }),
    );
  });

  it('is done after once', () => {
    fc.assert(
      fc.property(rectangles, fc.constantFrom('left', 'right', 'top', 'bottom'), (all, alignment) => {
        const once = shifted(all, alignShifts(all, alignment));
        expect(shifted(once, alignShifts(once, alignment))).toEqual(once);
      }),
    );
  });
});

describe('distribute', () => {
  it('makes the gaps equal to one unit and leaves the outermost two', () => {
    fc.assert(
      fc.property(fc.array(side, { minLength: 3, maxLength: 8 }), whole, (widths, start) => {
        let x = start;
        const all = widths.map((width, index) => {
          const rectangle = { x, y: index, width, height: 10 };
          x += width + ((index * 37) % 90);
          return rectangle;
        });
        const next = shifted(all, distributeShifts(all, 'x'));
        const gaps = next.slice(1).map((one, index) => one.x - (next[index]!.x + next[index]!.width));
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
        expect(next[0]).toEqual(all[0]);
        expect(next.at(-1)).toEqual(all.at(-1));
        expect(next.map(({ y }) => y)).toEqual(all.map(({ y }) => y));
      }),
    );
  });

  it('leaves two alone', () => {
    const two = [0, 50].map((x) => ({ x, y: 0, width: 10, height: 10 }));
    expect(shifted(two, distributeShifts(two, 'x'))).toEqual(two);
  });
});

describe('stacking', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];

  it.each([
    ['front', ['b', 'd'], 'acebd'],
    ['back', ['b', 'd'], 'bdace'],
    ['forward', ['b', 'd'], 'acbed'],
    ['forward', ['b', 'c'], 'adbce'],
    ['forward', ['e'], 'abcde'],
    ['backward', ['b', 'd'], 'badce'],
    ['backward', ['a', 'b'], 'abcde'],
  ] as const)('%s: %s', (how, moving, wanted) => {
    expect(restacked(ids, new Set(moving), how).join('')).toBe(wanted);
  });

  it('keeps every id once and the order of the moved and of the others', () => {
    fc.assert(
      fc.property(
        fc.subarray(ids),
        fc.constantFrom<Stacking[]>('front', 'forward', 'backward', 'back'),
        (moving, how) => {
          const chosen = new Set(moving);
          const next = restacked(ids, chosen, how);
          expect(next.filter((id) => chosen.has(id))).toEqual(moving);
          expect(next.filter((id) => !chosen.has(id))).toEqual(ids.filter((id) => !chosen.has(id)));
        },
      ),
    );
  });
});
