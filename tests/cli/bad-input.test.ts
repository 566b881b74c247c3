/** Whatever a person gets wrong: a clear message with the way out, the right exit code, never a stack, never half a file. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/main/storage/images/images.js';
import { jsonLines, runCommand, startCommand, type CommandRun } from './command-line.js';
import { runHere } from './same-process.js';

const root = join(import.meta.dirname, '..', '..');
const prompts = { manyTokens: 'star '.repeat(300), manyLetters: 'star '.repeat(2000) };
let cwd = '';
const run = (...parameters: string[]): Promise<CommandRun> => runHere(parameters, { cwd });

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-bad-'));
  const grey = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 4).fill(128) };
  const png = encodePng(grey);
  writeFileSync(join(cwd, 'in.png'), png);
  writeFileSync(join(cwd, 'cut.png'), png.subarray(0, png.length - 30));
  writeFileSync(join(cwd, 'text.png'), 'not a picture');
  writeFileSync(join(cwd, 'broken.json'), '{"format": "ddt-tokens/1", ');
  writeFileSync(join(cwd, 'foreign.json'), '{"format":"ddt-tokens/1","pack":"other@1.0.0","codes":[1,2,3]}');
  mkdirSync(join(cwd, 'folder'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function expectClear(result: CommandRun, code: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/\n\s+at .+:\d+/);
  expect(result.code).toBe(code);
}

it.each<[number, string[], RegExp]>([
  [2, ['nonsense'], /unknown command 'nonsense'/],
  [1, ['describe', 'missing.png'], /There is no file missing\.png\.\nCheck the path/],
])('a process ends with %d after %j', async (code, parameters, message) => {
  expectClear(await runCommand(parameters, { cwd }), code, message);
});

describe('wrong use ends with 2', () => {
  it.each<[string[], RegExp]>([
    [['nonsense'], /unknown command 'nonsense'/],
    [['generate', 'a star'], /required option '--out/],
    [['generate', 'a star', '--out', 'x.png', '--colour', 'red'], /unknown option '--colour'/],
    [['generate', 'a star', '--out', 'x.png', '--steps', '0'], /whole number from 1 to 200/],
    [['generate', 'a star', '--out', 'x.png', '--seed', '1.5'], /whole number/],
    [['generate', '--out', 'x.png'], /missing required argument 'prompt'/],
    [['decode', 'tokens.json', '--at', '1.2', '--out', 'x.png'], /number from 0 to 1/],
    [['timeline', 'in.png'], /--out <sheet.png>, --csv <curves.csv> and --animation/],
  ])('%j', async (parameters, message) => {
    expectClear(await run(...parameters), 2, message);
  });
});

/** What was asked for, and what the message must say. */
const cannotBeDone = (
  [
    [['describe', 'missing.png'], /There is no file missing\.png\.\nCheck the path/],
    [['describe', 'folder'], /is a folder/],
    [['describe', 'text.png'], /text\.png: /],
    [['encode', 'cut.png', '--out', 'x.json'], /cut\.png: /],
    [['generate', '   ', '--out', 'x.png'], /./],
    [['generate', prompts.manyTokens, '--out', 'x.png'], /300 tokens long; this pack reads at most \d+/],
    [['generate', prompts.manyLetters, '--out', 'x.png'], /has 10000 characters; the most is 2000\.\nShorten it/],
    [['decode', 'broken.json', '--out', 'x.png'], /not a tokens file \(it is not JSON\)/],
    [['decode', 'foreign.json', '--out', 'x.png'], /of the pack other@1\.0\.0/],
    [['describe', 'in.png', '--pack', 'unheard-of'], /no model pack unheard-of/],
    [['describe', 'in.png', '--provider', 'abacus'], /abacus/],
    [['packs', 'verify', 'folder'], /pack\.json/],
  ] satisfies [string[], RegExp][]
).map(([parameters, message]) => ({ command: parameters.join(' ').slice(0, 60), parameters, message }));

describe('what cannot be done ends with 1', () => {
  it.each(cannotBeDone)('$command', async ({ parameters, message }) => {
    const result = await run(...parameters);
    expectClear(result, 1, message);
    // The way out is a sentence of its own.
    expect(result.stderr.trimEnd().split('\n').length).toBeGreaterThan(1);
    expect(existsSync(join(cwd, 'x.png'))).toBe(false);
  });

  it('says the same to programs', async () => {
    const [failed] = jsonLines(await run('describe', 'missing.png', '--json'));
    expect(failed).toMatchObject({
      type: 'failed',
      error: { code: 'not-found', message: expect.stringContaining('missing.png') },
    });
  });

  it('names the file and the rule of a tampered pack', async () => {
    const packs = join(root, 'resources', 'packs');
    const tampered = join(cwd, 'tampered');
    cpSync(join(packs, readdirSync(packs)[0]!), tampered, { recursive: true });
    const graph = join(tampered, 'encoder.onnx');
    const bytes = readFileSync(graph);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(graph, bytes);
    expectClear(await run('describe', 'in.png', '--pack', 'tampered'), 1, /encoder\.onnx has SHA-256/);
    expectClear(await run('packs', 'verify', 'tampered'), 1, /encoder\.onnx has SHA-256/);
  });

  it('a place that is no folder is named, and the file there stays', async () => {
    const before = readFileSync(join(cwd, 'in.png'));
    expectClear(await run('encode', 'in.png', '--out', 'in.png/tokens.json'), 1, /in\.png/);
    expect(readFileSync(join(cwd, 'in.png'))).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('cancelled ends with 130', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s in mid-job leaves nothing behind', async (signal) => {
    const before = readdirSync(cwd).sort();
    const drawing = startCommand(
      ['generate', 'a red circle', '--steps', '200', '--variations', '4', '--out', `${signal}.png`, '--json'],
      { cwd },
    );
    await drawing.says('"phase":"restoring","done":1');
    drawing.kill(signal);
    const ended = await drawing.ended;
    expect(ended.code).toBe(130);
    expect(jsonLines(ended).at(-1)).toEqual({ type: 'cancelled' });
    expect(readdirSync(cwd).sort()).toEqual(before);
  });
});
