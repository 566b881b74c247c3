import fc from 'fast-check';
import { expect, it } from 'vitest';
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
