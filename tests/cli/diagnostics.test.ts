/** A studio that was used leaves logs; the zip made of them is opened and looked at. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonLines, runCommand, startCommand } from './command-line.js';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-cli-diagnostics-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('diagnostics of a studio that ran hold its logs, and no place of the person', async () => {
  const studio = startCommand(['serve', '--data', 'data', '--json'], { cwd });
  await studio.says('serving');
  const log = join(cwd, 'data', 'logs', 'studio.log');
  await expect.poll(() => noted(log), { timeout: 60_000, interval: 200 }).toContain('Engine: ready');
  studio.kill('SIGTERM');
  await studio.ended;

  const made = await runCommand(['diagnostics', '--data', 'data', '--out', 'found.zip', '--json'], { cwd });
  expect(made.code).toBe(0);
  expect(jsonLines(made).at(-1)).toMatchObject({ type: 'result', file: 'found.zip' });
  const files = Object.entries(unzipSync(readFileSync(join(cwd, 'found.zip'))));
  expect(files.map(([name]) => name).sort()).toEqual(
    expect.arrayContaining(['README.txt', 'facts.json', 'logs/studio.log']),
  );
  const texts = files.map(([, bytes]) => strFromU8(bytes)).join('\n');
  expect(texts).toContain('Engine: ready');
  expect(texts).not.toContain(cwd);
  const facts = JSON.parse(strFromU8(Object.fromEntries(files)['facts.json']!)) as Record<string, unknown>;
  expect(facts).toMatchObject({ host: 'command line', providers: expect.arrayContaining(['cpu']) as unknown });
});

function noted(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
