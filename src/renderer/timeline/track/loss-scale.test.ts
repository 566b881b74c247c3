import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributeNames } from '../../../shared/tokens/attributes.js';
import {
  leastOutstanding,
  matrixRows,
  namedRun,
  runsToHide,
  standsOutBy,
  type GroupLosses,
} from '../../../shared/tokens/attribute-matrix.js';
import { lossBrightness, lossScale } from './loss-scale.js';

const losses = fc.array(fc.double({ min: -0.2, max: 1.4, noNaN: true }), { maxLength: 200 });

it('never draws two different losses the other way round, and none brighter than full', () => {
  fc.assert(
    fc.property(losses, (all) => {
      const scale = lossScale(all);
      const bright = all.toSorted((a, b) => a - b).map((loss) => lossBrightness(loss, scale));
      bright.forEach((one, at) => {
        expect(one).toBeGreaterThanOrEqual(at === 0 ? 0 : bright[at - 1]!);
        expect(one).toBeLessThanOrEqual(1);
      });
    }),
  );
});

it('follows the strongest loss in round steps, and does not blow up noise', () => {
  expect([[], [0.001], [0.02, 0.06], [0.11], [0.3], [0.8], [1.2]].map(lossScale)).toEqual([
    0.05, 0.05, 0.1, 0.2, 0.5, 1, 1,
  ]);
  expect(lossBrightness(0.05, 0.2)).toBe(0.5);
  expect(lossBrightness(-0.1, 0.2)).toBe(0);
});

/** Rows of one strong cell, of a few, of many alike, and of anything. */
const cell = fc.oneof(
  fc.constantFrom(0, 0.003, 0.01, 0.019, 0.02, 0.05, 0.1, 0.3),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const matrices = fc.array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1, maxLength: 96 }).map((columns) =>
  columns.map(([background, layout, colour, shape, texture], from): GroupLosses => ({
    from,
    to: from,
    losses: { background, layout, colour, shape, texture },
  })),
);

it('says at the end of a row what its brightness shows: the brightest cell is named, or none is plainly brighter', () => {
  fc.assert(
    fc.property(matrices, fc.double({ min: 0, max: 1, noNaN: true }), (groups, lost) => {
      const whole = runsToHide(groups).map((run) => ({
        ...run,
        losses: { background: lost, layout: lost, colour: lost, shape: lost, texture: lost },
      }));
      const scale = lossScale(groups.flatMap(({ losses }) => Object.values(losses)));
      for (const [at, { residence }] of matrixRows(groups, whole, true).entries()) {
        const bright = groups.map(({ losses }) => lossBrightness(losses[attributeNames[at]!], scale));
        const brightest = Math.max(...bright);
        const named = namedRun(residence);
        if (named !== null) {
          expect(Math.max(...bright.slice(named.from, named.to + 1))).toBe(brightest);
          continue;
        }
        const middle = bright.toSorted((a, b) => a - b)[bright.length >> 1]!;
        const hardlySeen = lossBrightness(leastOutstanding, scale);
        expect(brightest).toBeLessThanOrEqual(Math.max(hardlySeen, Math.sqrt(standsOutBy) * middle) + 1e-9);
      }
    }),
  );
});
