/**
 * `npm test`: everything a change must pass, from a bare machine. Ends with one line, `N passed, N failed`; stops at the
 * first stage that fails.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './lib/browsers.mjs';
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';
import { root, run, runTool } from './lib/repository.mjs';

const reports = join(root, 'test-results', 'reports');
const total = { passed: 0, failed: 0 };

const stages = [
  ['node', async () => report(nodeProblem())],
  ['dependencies', () => ensureDependencies()],
  ['browser', installBrowser],
  ['types, lint and format', checks],
  ['build', () => ensureBuild()],
  ['unit and contract', vitest],
  ['training', python],
  ['end to end', playwright],
];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
for (const [name, stage] of stages) {
  process.stdout.write(`\n── ${name}\n`);
  const started = Date.now();
  const before = total.failed;
  const passed = await stage();
  process.stdout.write(
    `── ${name}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
  );
  if (passed) continue;
  // A stage that counts no tests, or broke before counting them, is one failure.
  if (total.failed === before) total.failed++;
  break;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 ? 0 : 1);

function ok({ code }) {
  return code === 0;
}

function report(problem) {
  if (problem !== null) process.stdout.write(`${problem}\n`);
  return problem === null;
}

async function installBrowser() {
  if (findBrowser() !== null) return true;
  const debian = existsSync('/etc/debian_version');
  if (debian && process.getuid?.() === 0) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const installed = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env });
    if (ok(installed) && findBrowser() !== null) return true;
  }
  return report(
    `The end-to-end tests need a browser of the Chromium family. ${
      debian ? 'Run: sudo apt-get install chromium' : 'Install Chromium, Chrome or Edge'
    }, or name one in DDT_STUDIO_BROWSER, then run npm test again.`,
  );
}

/** What reads the sources and changes nothing: two at a time, the longest first, each one's output in one piece. */
async function checks() {
  const waiting = [
    ['eslint/bin/eslint.js', '.', '--max-warnings', '0'],
    ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
    ['typescript/bin/tsc', '-p', 'tsconfig.node.json'],
    [
      'svelte-check/bin/svelte-check',
      ...['--tsconfig', 'tsconfig.renderer.json', '--fail-on-warnings', '--output', 'human'],
    ],
    ['typescript/bin/tsc', '-p', 'tsconfig.e2e.json'],
    ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'src', 'tools', 'tests'],
    ...['preload', 'shared'].map((layer) => ['typescript/bin/tsc', '-p', `tsconfig.${layer}.json`]),
  ];
  let passed = true;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && passed; next = waiting.shift()) {
      const [tool, ...parameters] = next;
      const started = Date.now();
      const { code, text } = await runTool(tool, parameters, { output: 'capture' });
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${tool.split('/').at(-1)} ${parameters.join(' ')}: ${seconds} s\n${text}`);
      if (code !== 0) passed = false;
    }
  };
  await Promise.all([work(), work()]);
  return passed;
}

async function vitest() {
  const output = join(reports, 'vitest.json');
  const { code } = await runTool('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
  ]);
  const counts = readReport(output);
  total.passed += counts?.numPassedTests ?? 0;
  total.failed += counts?.numFailedTests ?? 0;
  return code === 0 && counts !== null;
}

async function playwright() {
  const output = join(reports, 'playwright.json');
  const { code } = await runTool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: output, PLAYWRIGHT_JSON_OUTPUT_FILE: output },
  });
  const counts = readReport(output)?.stats;
  total.passed += (counts?.expected ?? 0) + (counts?.flaky ?? 0);
  total.failed += counts?.unexpected ?? 0;
  return code === 0 && counts !== undefined;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Training's tests; those that need PyTorch run where it is installed, the rest need Python's standard library only. */
async function python() {
  const interpreter = ['/usr/bin/python3', 'python3'].find((path) => !path.startsWith('/') || existsSync(path));
  const folder = join(root, 'training', 'tests');
  if (!existsSync(folder) || !ok(await run(interpreter, ['--version'], { output: 'capture' }))) {
    process.stdout.write('Skipped: no Python here. The studio does not need one; training does.\n');
    return true;
  }
  const hasTorch = ok(await run(interpreter, ['-c', 'import torch'], { output: 'capture' }));
  const modules = readdirSync(folder)
    .filter((name) => /^test_.*\.py$/.test(name))
    .filter(
      (name) => hasTorch || !/^[ \t]*(import|from) (torch|numpy|onnx)/m.test(readFileSync(join(folder, name), 'utf8')),
    )
    .map((name) => `training.tests.${name.slice(0, -3)}`);
  if (modules.length === 0) return true;
  const { code, text } = await run(interpreter, ['-m', 'unittest', ...modules], { output: 'capture' });
  process.stdout.write(text);
  const count = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
  const failed = count(/failures=(\d+)/) + count(/errors=(\d+)/);
  total.failed += failed;
  total.passed += Math.max(0, count(/^Ran (\d+) tests?/m) - failed - count(/skipped=(\d+)/));
  return code === 0;
}
