import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeNames, type AttributeShares } from './attributes.js';
import {
  carryingRun,
  matrixRows,
  namedRun,
  outstandingGroup,
  runsToHide,
  type GroupLosses,
} from './attribute-matrix.js';

const none: AttributeShares = { background: 0, layout: 0, colour: 0, shape: 0, texture: 0 };

/** One token a group; `background` as given, fine first. */
function groups(...background: number[]): GroupLosses[] {
  return background.map((loss, from) => ({ from, to: from, losses: { ...none, background: loss } }));
}

describe('carryingRun', () => {
  it('is the shortest run that carries most of what is lost', () => {
    expect(carryingRun(groups(0, 0, 0, 0, 0.1, 0.4, 0.5, 0), 'background')).toEqual({ from: 5, to: 6 });
    expect(carryingRun(groups(0.9, 0, 0, 0), 'background')).toEqual({ from: 0, to: 0 });
  });

  it('has the strongest among them, or is none', () => {
    expect(carryingRun(groups(0.3, 0, 0, 0, 0, 0.24, 0.24, 0.24, 0.24), 'background')).toBeNull();
    expect(carryingRun(groups(0, 0.3, 0.24, 0, 0, 0, 0, 0, 0.1), 'background')).toEqual({ from: 1, to: 2 });
  });

  it('is nobody where all carry alike, or nothing is lost', () => {
    expect(carryingRun(groups(0.2, 0.2, 0.2, 0.2), 'background')).toBeNull();
    expect(carryingRun(groups(0, 0.01, 0, 0), 'background')).toBeNull();
    expect(carryingRun([], 'background')).toBeNull();
  });

  it('names at most half of the tokens, in groups of any width and order', () => {
    const made = fc
      .array(fc.record({ width: fc.integer({ min: 1, max: 9 }), loss: fc.double({ min: 0, max: 1, noNaN: true }) }), {
        minLength: 1,
        maxLength: 64,
      })
      .map((parts) => {
        let from = 0;
        return parts.map(({ width, loss }): GroupLosses => {
          const group = { from, to: from + width - 1, losses: { ...none, shape: loss } };
          from += width;
          return group;
        });
      });
    fc.assert(
      fc.property(made, (all) => {
        const run = carryingRun(all, 'shape');
        expect(carryingRun(all.toReversed(), 'shape')).toEqual(run);
        if (run === null) return;
        const sum = (some: readonly GroupLosses[]) => some.reduce((total, { losses }) => total + losses.shape, 0);
        const inside = all.filter(({ from, to }) => from >= run.from && to <= run.to);
        expect(sum(inside)).toBeGreaterThanOrEqual(0.6 * sum(all) - 1e-9);
        expect(run.to - run.from + 1).toBeLessThanOrEqual((all.at(-1)!.to + 1) / 2);
        const strongest = Math.max(...all.map(({ losses }) => losses.shape));
        expect(inside.some(({ losses }) => losses.shape === strongest)).toBe(true);
      }),
    );
  });
});

describe('outstandingGroup', () => {
  it('is the strongest where it takes a multiple of what the middle one takes', () => {
    expect(outstandingGroup(groups(0.03, 0.03, 0.12, 0.03), 'background')?.from).toBe(2);
    expect(outstandingGroup(groups(0.05, 0.05, 0.12, 0.05), 'background')).toBeNull();
    expect(outstandingGroup(groups(0.03, 0.12, 0.12, 0.03, 0.03), 'background')?.from).toBe(2);
    expect(outstandingGroup(groups(0, 0, 0, 0.004), 'background')).toBeNull();
    expect(outstandingGroup([], 'background')).toBeNull();
  });
});

describe('matrixRows', () => {
  const all = groups(0, 0, 0, 0, 0.1, 0.4, 0.5, 0);
  const whole = (lost: number): GroupLosses[] => [{ from: 5, to: 6, losses: { ...none, background: lost } }];

  it('has a row an attribute, its cells coarse first', () => {
    const rows = matrixRows(all, [], false);
    expect(rows.map(({ name }) => name)).toEqual([...attributeNames]);
    expect(rows[0]).toEqual({ name: 'background', losses: [0, 0.5, 0.4, 0.1, 0, 0, 0, 0], residence: null });
  });

  it('names a run only when the run itself was hidden, and carries half of it', () => {
    expect(runsToHide(all)).toEqual([{ from: 5, to: 6 }]);
    expect(matrixRows(all, [], true)[0]!.residence).toBeNull();
    expect(matrixRows(all, whole(0.71), true)[0]!.residence).toEqual({
      kind: 'run',
      run: { from: 5, to: 6 },
      lost: 0.71,
    });
    expect(matrixRows(all, whole(0.3), true)[0]!.residence).toEqual({
      kind: 'peak',
      run: { from: 6, to: 6 },
      lost: 0.5,
    });
    expect(matrixRows(all, whole(0.71), true)[1]!.residence).toEqual({ kind: 'shared' });
  });

  it('calls spread what has no run and no group that stands out', () => {
    const residence = (...losses: number[]) => matrixRows(groups(...losses), [], true)[0]!.residence;
    expect(residence(0.2, 0.3, 0.2, 0.2)).toEqual({ kind: 'spread' });
    expect(residence(0.01, 0.015, 0.01, 0.01)).toEqual({ kind: 'shared' });
    expect(residence(0.01, 0.01, 0.001, 0.019, 0.001, 0.001)).toEqual({ kind: 'shared' });
    expect(residence(0.001, 0.001, 0.001, 0.019)).toEqual({ kind: 'peak', run: { from: 3, to: 3 }, lost: 0.019 });
    expect([residence(0.2, 0.3, 0.2, 0.2), residence(0.001, 0.001, 0.019), null].map(namedRun)).toEqual([
      null,
      { from: 2, to: 2 },
      null,
    ]);
  });
});
