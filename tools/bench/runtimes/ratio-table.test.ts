import { expect, test } from 'vitest';
import { difference } from './bench-runtimes.js';
import { ours, ratioTable, ratioToOurs, type RuntimeFigure } from './ratio-table.js';

const figure = (one: Partial<RuntimeFigure>): RuntimeFigure => ({
  case: 'decoder',
  runtime: ours,
  runs: [30, 10, 20],
  apart: null,
  steps: 1,
  ...one,
});

test('ratios are of medians, to ours of the same graph', () => {
  const slower = figure({
    runtime: 'eager',
    runs: [50, 30, 40],
    apart: { largest: 2e-6, scale: 1.25, counted: false },
  });
  const figures = [figure({}), slower, figure({ case: 'encoder', runs: [1] })];
  expect(ratioToOurs(figures, slower)).toBe(2);
  expect(ratioTable(figures).split('\n').slice(2)).toEqual([
    '| decoder | studio | 20.0 | 10.0 | 30.0 | 50.0 | 1.00 |  |',
    '| decoder | eager | 40.0 | 30.0 | 50.0 | 25.0 | 2.00 | 2e-6 of 1.3 |',
    '| encoder | studio | 1.0 | 1.0 | 1.0 | 1000.0 | 1.00 |  |',
  ]);
});

test('a writer’s rate counts the tokens, and what was not measured says why', () => {
  const writes = figure({ case: 'lm', runs: [500], steps: 51 });
  const missing = figure({ case: 'lm', runtime: 'compiled', runs: [], reason: 'no compiler' });
  expect(ratioToOurs([writes, missing], missing)).toBeNull();
  expect(ratioTable([writes, missing]).split('\n').slice(2)).toEqual([
    '| lm, 50 tokens | studio | 500.0 | 500.0 | 500.0 | 100.0 | 1.00 |  |',
    '| lm | compiled | – |  |  |  |  | no compiler |',
  ]);
});

test('answers are compared by the largest difference, tokens counted, and holes are never near', () => {
  const floats = (...values: number[]) => ({ type: 'float32', data: Float32Array.from(values), dims: [values.length] });
  const codes = (...values: bigint[]) => ({ type: 'int64', data: BigInt64Array.from(values), dims: [values.length] });
  expect(difference(floats(1, -4), floats(1.5, -4))).toEqual({ largest: 0.5, scale: 4, counted: false });
  expect(difference(floats(1, 2, 0), floats(1, NaN, 0)).largest).toBe(Infinity);
  expect(difference(codes(1n, 2n, 3n), codes(1n, 5n, 3n))).toEqual({ largest: 1, scale: 3, counted: true });
  expect(() => difference(floats(1), floats(1, 2))).toThrow(/2 float32, not 1 float32/);
  expect(() => difference(floats(1), codes(1n))).toThrow(/1 int64/);
});
