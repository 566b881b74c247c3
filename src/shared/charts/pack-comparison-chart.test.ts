import { expect, it } from 'vitest';
import { packEntropyChart } from './pack-comparison-chart.js';

const curve = (name: string, entropy: number[]) => ({ name, entropy, codebookSize: 1000 });

it('packs of one K share the axis of positions', () => {
  const chart = packEntropyChart([curve('a', [5, 4]), curve('b', [3, 2])], 'mean of 2 pictures');
  expect(chart.x).toMatchObject({ from: 1, to: 2 });
  expect(chart.lines.map(({ label }) => label)).toEqual(['a', 'b', 'knowing nothing']);
  expect(chart.lines[0]!.points).toEqual([
    [1, 5],
    [2, 4],
  ]);
  expect(chart.y.to).toBeCloseTo(Math.log(1000));
  expect(chart.title).toContain('mean of 2 pictures');
});

it('with unlike K each curve runs over its own whole', () => {
  const chart = packEntropyChart([curve('a', [5, 4]), curve('b', [1, 2, 3, 4])], '');
  expect(chart.x).toMatchObject({ from: 0, to: 100 });
  expect(chart.lines[0]!.points.map(([x]) => x)).toEqual([50, 100]);
  expect(chart.lines[1]!.points.map(([x]) => x)).toEqual([25, 50, 75, 100]);
});

it('a curve above what knowing nothing means stays inside', () => {
  expect(packEntropyChart([curve('a', [9, 8])], '').y.to).toBe(9);
});
