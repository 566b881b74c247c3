/**
 * `npm run fuzz -- [suite] [--runs N] [--seed S]`: property tests with a random seed and more runs than `npm test` has. A suite is
 * one of those below or part of a test file's path; without one, every property test runs. Prints what repeats the run.
 */
import { randomInt } from 'node:crypto';
import { readArguments } from './lib/arguments.mjs';
import { propertyTests } from './lib/property-tests.mjs';
import { runTool } from './lib/repository.mjs';

/** Inputs made by damage or malice. The properties of `damage` and `prompts` share the runs, those of the others have them each. */
const suites = {
  readers: { files: ['tests/robustness/readers.test.ts'], runs: 15_000 },
  prompts: { files: ['tests/robustness/known-prompts.test.ts'], runs: 150_000 },
  damage: { files: ['tests/robustness/damage.test.ts', 'tests/robustness/damaged-caches.test.ts'], runs: 20_000 },
  crafted: {
    files: ['tests/robustness/crafted-projects.test.ts', 'tests/robustness/crafted-packs.test.ts'],
    runs: 10_000,
  },
};
const usualRuns = 1000;

const { values, positionals } = readArguments(
  'npm run fuzz -- [suite] [--runs N] [--seed S]',
  { runs: { type: 'string' }, seed: { type: 'string' } },
  { allowPositionals: true },
);
const [name] = positionals;
const seed = wholeNumber('seed', values.seed) ?? randomInt(2 ** 31);
const runs = wholeNumber('runs', values.runs) ?? suites[name]?.runs ?? usualRuns;
const files = suites[name]?.files ?? propertyTests().filter((file) => file.includes(name ?? ''));
if (files.length === 0) {
  process.stderr.write(`There is no suite ${name}. There are ${Object.keys(suites).join(', ')}, and parts of paths.\n`);
  process.exit(1);
}

const again = `npm run fuzz -- ${name === undefined ? '' : `${name} `}--runs ${runs} --seed ${seed}`;
process.stdout.write(`Seed ${seed}, ${runs} runs. To repeat: ${again}\n`);
const { code } = await runTool(
  'vitest/vitest.mjs',
  // However long it takes: a test that stands still is seen by what it counts, or by whoever waits for it.
  ['run', '--testTimeout', '0', ...files],
  { env: { DDT_FUZZ_SEED: String(seed), DDT_FUZZ_RUNS: String(runs) } },
);
process.stdout.write(`${code === 0 ? 'Nothing found' : 'Something was found'}. To repeat: ${again}\n`);
process.exit(code);

function wholeNumber(option, text) {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  process.stderr.write(`--${option} must be a whole number below 2147483648.\n`);
  process.exit(1);
}
