import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { jsonLines, runCommand, type CommandRun } from '../cli/command-line.js';

const cwd = mkdtempSync(join(tmpdir(), 'ddt-tools-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function run(...parameters: string[]): Promise<CommandRun> {
  return runCommand(parameters, { cwd, script: 'tools.mjs' });
}

it.each([[], ['eval'], ['bench'], ['attributes'], ['attribute-tokens'], ['scenes']])(
  '--help explains %s',
  async (...command) => {
    const { code, stdout } = await run(...command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run tools --/);
    if (command.length > 0) expect(stdout).toMatch(/Example:\n {2}npm run /);
  },
);

it('attributes over scenes whose truth is known', async () => {
  const done = await run('attributes', '--scenes', '2', '--points', '2', '--json');
  expect(jsonLines(done).at(-1)).toMatchObject({ pictures: 2 });
  expect(JSON.stringify(jsonLines(done).at(-1))).not.toContain('caption');
  const described = await run('attributes', '--captions', '--scenes', '2', '--points', '2', '--json');
  const captioned = {
    caption: { confidence: expect.any(Number) as number, agreement: expect.any(Number) as number },
  };
  expect(jsonLines(described).at(-1)).toMatchObject({ rows: [captioned, captioned] });
}, 300_000);

it('attributes: the document gets its tables between the markers and its figures beside it', async () => {
  const document = join(cwd, 'measured.md');
  writeFileSync(document, 'before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n');
  const done = await run('attributes', '--scenes', '2', '--points', '2', '--document', 'measured.md');
  expect(done.code).toBe(0);
  expect(readFileSync(document, 'utf8')).toMatch(/^before[\s\S]*\*\*0\.\d\d\*\*[\s\S]*after\n$/);
  expect(readFileSync(join(cwd, 'figures', 'attribute-lanes.svg'), 'utf8')).toContain('layout, no tokens');
});

it('attribute-tokens holds the matrix against the tokens that differ', async () => {
  const document = join(cwd, 'matrix.md');
  writeFileSync(document, 'before\n<!-- matrix scenes-128: begin -->\nold\n<!-- matrix scenes-128: end -->\nafter\n');
  const done = await run('attribute-tokens', '--changes', '5', '--document', 'matrix.md', '--json');
  expect(done.code).toBe(0);
  expect(jsonLines(done).at(-1)).toMatchObject({
    changes: 5,
    attributes: expect.arrayContaining([expect.objectContaining({ attribute: 'background', scenes: 1 })]) as unknown[],
  });
  expect(readFileSync(document, 'utf8')).toMatch(
    /^before[\s\S]*1 scenes and 5 copies of them[\s\S]*\| texture[\s\S]*after\n$/,
  );
});

it('scenes writes the pictures of the evaluation data', async () => {
  const done = await run('scenes', '--count', '2', '--folder', 'scenes', '--json');
  expect(jsonLines(done).at(-1)).toMatchObject({ pictures: 2 });
  expect(decodeImage(readFileSync(join(cwd, 'scenes', 'scene-2.png'))).width).toBe(128);
});
