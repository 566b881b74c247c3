import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSvg } from './chart-svg.js';
import { rampColour, roundTicks, shareOf, valueAt, type Chart, type ChartAxis } from './chart.js';

const unit: ChartAxis = { label: 't', from: 0, to: 1, ticks: roundTicks(0, 1, 5) };
const chart = (changes: Partial<Chart> = {}): Chart => ({
  title: 'A < B & C',
  x: unit,
  y: unit,
  lines: [],
  ...changes,
});

describe('axes', () => {
  it('a value and its share belong together on both kinds', () => {
    const axis = fc.record({
      from: fc.double({ min: 0.1, max: 10, noNaN: true }),
      length: fc.double({ min: 0.1, max: 50, noNaN: true }),
      logarithmic: fc.boolean(),
    });
    fc.assert(
      fc.property(axis, fc.double({ min: 0, max: 1, noNaN: true }), ({ from, length, logarithmic }, share) => {
        const one = { label: '', from, to: from + length, logarithmic, ticks: [] };
        expect(shareOf(one, valueAt(one, share))).toBeCloseTo(share, 6);
      }),
    );
  });

  it('even steps of a logarithmic axis multiply', () => {
    const axis = { label: '', from: 1, to: 16, logarithmic: true, ticks: [] };
    expect([1, 2, 4, 8, 16].map((value) => shareOf(axis, value))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(shareOf(axis, 0)).toBeLessThan(0);
  });

  it('ticks are round numbers inside the axis', () => {
    expect(roundTicks(0, 1, 5).map(({ text }) => text)).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(roundTicks(-83, -18, 6).map(({ at }) => at)).toEqual([-80, -60, -40, -20]);
    expect(roundTicks(0, 6.9, 7).map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });
});

describe('chartSvg', () => {
  it('puts the corners of the plot where the axes begin and end, and labels the line', () => {
    const points = [[0, 0] as const, [1, 1] as const];
    const svg = chartSvg(chart({ lines: [{ label: 'one', colour: '#ff0000', points }] }));
    expect(svg).toContain('d="M64.0 400.0L640.0 48.0"');
    expect(svg).toContain('>one</text>');
  });

  it('escapes words, marks dashed lines and keeps what is too large inside', () => {
    const svg = chartSvg(chart({ lines: [{ label: 'x', colour: '#000000', dashed: true, points: [[0, 7]] }] }));
    expect(svg).toContain('A &lt; B &amp; C');
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    expect(svg).toContain('d="M64.0 48.0"');
  });
});

it('the ramp is a colour at every place', () => {
  for (const share of [0, 0.3, 1]) expect(rampColour(share)).toMatch(/^#[0-9a-f]{6}$/);
  expect(rampColour(0)).not.toBe(rampColour(1));
});
