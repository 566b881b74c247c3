import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { propertyTests } from '../scripts/lib/property-tests.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test('two runs of a property see the same values: a green `npm test` is no luck', () => {
  const seen = (): number[] => {
    const values: number[] = [];
    fc.assert(fc.property(fc.integer(), (value) => void values.push(value)));
    return values;
  };
  expect(seen()).toEqual(seen());
});

test('a property that says how often it runs leaves seed and number to `npm run fuzz`', () => {
  const files = propertyTests().filter((path) => path !== 'tests/property-runs.test.ts');
  expect(files).toEqual(
    expect.arrayContaining([
      'src/shared/json.test.ts',
      'tools/evaluation/explanation.test.ts',
      'tests/round-trip.test.ts',
    ]),
  );
  const stubborn = files.flatMap((path) => {
    const text = readFileSync(join(import.meta.dirname, '..', path), 'utf8');
    return [...text.matchAll(/numRuns: (?!runs\().*|numRuns: .*\bseed:.*/g)].map(([line]) => `${path}: ${line}`);
  });
  expect(stubborn).toEqual([]);
});

test('in `npm run fuzz` there are as many runs as asked for, fewer where one takes long', async () => {
  const { runs } = await import('./property-runs.js');
  expect([runs(300), runs(30), runs(60, 1)]).toEqual([300, 30, 60]);
  vi.resetModules();
  vi.stubEnv('DDT_FUZZ_RUNS', '5000');
  const fuzzed = await import('./property-runs.js');
  expect([fuzzed.runs(300), fuzzed.runs(30), fuzzed.runs(60, 1)]).toEqual([5000, 1500, 5000]);
});
