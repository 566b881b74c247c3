import { describe, expect, test } from 'vitest';
import { decibels, entropyChart, entropyTable, seedsTable, spectrumChart, spectrumTable } from './analysis-charts.js';

const curves = [
  { stride: 0, entropy: [3, 2], surprisal: [3.5, 2.5] },
  { stride: 1, entropy: [4, 3], surprisal: [9, 8] },
];

describe('entropy', () => {
  test('one line an order and the level of knowing nothing; the axis holds them all', () => {
    const chart = entropyChart(curves, { measure: 'surprisal', pictures: 1, codebookSize: 1000 });
    expect(chart.title).toBe('Next-token surprisal by position, mean of 1 picture');
    expect(chart.lines.map(({ label }) => label)).toEqual(['natural order', 'stride 1', 'knowing nothing']);
    expect(chart.lines[1]!.points).toEqual([
      [1, 9],
      [2, 8],
    ]);
    expect(chart.lines[2]!.points[0]![1]).toBeCloseTo(Math.log(1000));
    expect(chart.y.to).toBe(9);
  });

  test('as a table', () => {
    expect(entropyTable(curves)).toBe(
      'position,entropy_stride_0,surprisal_stride_0,entropy_stride_1,surprisal_stride_1\n' +
        '1,3.000000,3.500000,4.000000,9.000000\n2,2.000000,2.500000,3.000000,8.000000\n',
    );
    expect(entropyTable([])).toBe('position\n');
  });
});

describe('spectrum', () => {
  const spectra = [
    { tokens: null, power: [1, 0.1, 0.01, 0] },
    { tokens: 1, power: [1, 0.001, 0.0001, 0] },
    { tokens: 32, power: [1, 0.1, 0.001, 0] },
  ];

  test('the mean level is left out; silence has a floor', () => {
    const chart = spectrumChart(spectra);
    expect(chart.lines.map(({ label }) => label)).toEqual(['the picture', '1 token', '32 tokens']);
    expect(chart.lines[0]!.points.map(([, level]) => level)).toEqual([-10, -20, -120]);
    expect([chart.x.from, chart.x.to, chart.y.from, chart.y.to]).toEqual([1, 3, -120, -10]);
    expect(chart.lines[1]!.colour).not.toBe(chart.lines[2]!.colour);
    expect(decibels(0)).toBe(-120);
  });

  test('nothing yet is an empty chart', () => {
    expect(spectrumChart([]).lines).toEqual([]);
  });

  test('as a table', () => {
    expect(spectrumTable(spectra.slice(1)).split('\n').slice(0, 2)).toEqual([
      'cycles,power_1_tokens,power_32_tokens',
      '0,1.000000e+0,1.000000e+0',
    ]);
  });
});

test('seeds as a table', () => {
  const pictures = [
    { seed: 7, agreement: null },
    { seed: 8, agreement: 21.5 },
    { seed: null, agreement: 19 },
  ];
  expect(seedsTable(pictures)).toBe('seed,psnr_to_first_db\n7,\n8,21.5000\nrenderer,19.0000\n');
});
