import { expect, test } from 'vitest';
import type { Chart } from '../../../shared/charts/chart.js';
import { paper } from './colours.js';
import { plotChart } from './plot.js';

const axis = { label: 'a', from: 0, to: 1, ticks: [] };
const chart = (dashed: boolean): Chart => ({
  title: '',
  x: axis,
  y: axis,
  lines: [
    {
      label: '',
      colour: '#ff0000',
      dashed,
      points: [
        [0, 0.5],
        [1, 0.5],
      ],
    },
  ],
});

/** Red pixels of the row in the middle of the plot. */
function redIn(row: number, dashed: boolean): number {
  const { width, data } = plotChart(chart(dashed));
  let red = 0;
  for (let column = 96; column <= 960; column++) {
    const at = 4 * (row * width + column);
    if (data[at] === 255 && data[at + 1] === 0) red += 1;
  }
  return red;
}

test('a line runs where its values are, a dashed one has gaps', () => {
  expect(redIn(348, false)).toBe(865);
  expect(redIn(300, false)).toBe(0);
  expect(redIn(348, true)).toBeGreaterThan(400);
  expect(redIn(348, true)).toBeLessThan(700);
});

test('what is off the axis stays inside the plot', () => {
  const high = chart(false);
  high.lines[0]!.points = [
    [0, 9],
    [1, 9],
  ];
  const { width, data } = plotChart(high);
  expect([...data.subarray(4 * (96 * width + 500), 4 * (96 * width + 500) + 3)]).toEqual([255, 0, 0]);
  expect([...data.subarray(4 * (40 * width + 1000), 4 * (40 * width + 1000) + 3)]).toEqual([...paper]);
});
