import { expect, it } from 'vitest';
import { lineChart } from './line-chart.js';

const labels = { title: 'A < B & C', xLabel: 't', yLabel: 'share' };

it('puts the corners of the plot where 0 and 1 are', () => {
  const chart = lineChart(
    [
      {
        label: 'one',
        colour: 'red',
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
    labels,
  );
  expect(chart).toContain('d="M56.0 366.0L560.0 44.0"');
  expect(chart).toContain('>one</text>');
});

it('escapes words and marks dashed lines', () => {
  const chart = lineChart([{ label: 'x', colour: 'red', dashed: true, points: [] }], labels);
  expect(chart).toContain('A &lt; B &amp; C');
  expect(chart.match(/stroke-dasharray/g)).toHaveLength(2);
});
