/** Every command of the command line, through the real engine and the real pack. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { writeFakePack } from '../fakes/fake-pack.js';
import { jsonLines, repository, runCommand, startCommand, type CommandRun } from './command-line.js';
import { runHere } from './same-process.js';

const prompt = 'a red circle on a blue background';
let cwd = '';
const run = (...parameters: string[]): Promise<CommandRun> => runHere(parameters, { cwd });
const read = (name: string): RasterImage => decodeImage(readFileSync(join(cwd, name)));

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-cli-'));
  // As a person would; what follows has the same program and engine in this process.
  const drawn = await runCommand(['generate', prompt, '--seed', '7', '--steps', '4', '--out', 'in.png'], { cwd });
  expect(drawn).toMatchObject({ code: 0, stdout: 'in.png\n' });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('says the version of its package', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
  expect(await run('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('generate', () => {
  it('numbers several variations and tells programs everything in JSON lines', async () => {
    const lines = jsonLines(
      await run('generate', prompt, '--variations', '2', '--steps', '4', '--out', 'many/out.png', '--json'),
    );
    const types = lines.map(({ type }) => type);
    expect(types[0]).toBe('ready');
    expect(types).toContain('progress');
    expect(types).toContain('preview');
    expect(types.at(-1)).toBe('result');
    const { images } = lines.at(-1) as { images: { file: string; seed: number; codes: number[] }[] };
    expect(images.map(({ file, seed }) => ({ file, seed }))).toEqual([
      { file: 'many/out-1.png', seed: 7 },
      { file: 'many/out-2.png', seed: 8 },
    ]);
    expect(lines.filter(({ type, variation }) => type === 'token' && variation === 0)).toHaveLength(
      images[0]!.codes.length,
    );
    expect(readdirSync(join(cwd, 'many')).sort()).toEqual(['out-1.png', 'out-2.png']);
  });

  it('draws the same pixels for the same seed and others for another one', async () => {
    await run('generate', prompt, '--seed', '7', '--steps', '4', '--out', 'again.png');
    await run('generate', prompt, '--seed', '8', '--steps', '4', '--out', 'other.png');
    expect(read('again.png')).toEqual(read('in.png'));
    expect(read('other.png')).not.toEqual(read('in.png'));
  });
});

it('describe prints one line of text', async () => {
  const { code, stdout } = await run('describe', 'in.png');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^.*\n$/);
});

it('ask and edit work where the pack can do them, and say so where it cannot', async () => {
  const packs = jsonLines(await run('packs', 'list', '--json'));
  const { directory } = packs[0] as { directory: string };
  const { templates } = (
    JSON.parse(readFileSync(join(directory, 'pack.json'), 'utf8')) as { languageModel: { templates: object } }
  ).languageModel;
  const asked = await run('ask', 'in.png', 'how many objects are there?');
  expect(asked.code).toBe('question' in templates ? 0 : 1);
  const edited = await run('edit', 'in.png', 'make the circle green', '--steps', '4', '--out', 'edited.png');
  if ('edit' in templates) expect(read('edited.png')).toMatchObject({ width: read('in.png').width });
  else expect(edited.stderr).toMatch(/cannot/);
});

it('encode writes tokens and decode restores a picture from them, or from fewer', async () => {
  expect(await run('encode', 'in.png', '--out', 'tokens.json')).toMatchObject({ code: 0, stdout: 'tokens.json\n' });
  const { pack, codes } = JSON.parse(readFileSync(join(cwd, 'tokens.json'), 'utf8')) as {
    pack: string;
    codes: number[];
  };
  expect(pack).toMatch(/^.+@\d/);
  expect(codes.every(Number.isInteger)).toBe(true);
  await run('decode', 'tokens.json', '--steps', '4', '--out', 'whole.png');
  await run('decode', 'tokens.json', '--steps', '4', '--at', '0.6', '--keep-from', '20', '--out', 'part.png');
  const [whole, part] = [read('whole.png'), read('part.png')];
  expect(whole).toMatchObject({ width: read('in.png').width, height: read('in.png').height });
  expect(part).not.toEqual(whole);
});

it('timeline writes a sheet and one row of numbers per token', async () => {
  // A small pack: a hundred pictures are decoded, and no line below asks how good they are.
  const pack = ['--pack', 'study-timestep'];
  const files = ['--out', 'sheet.png', '--csv', 'curves.csv', '--animation', 'film.gif'];
  expect((await run('timeline', 'in.png', ...pack, ...files)).code).toBe(0);
  expect(readFileSync(join(cwd, 'film.gif')).subarray(0, 6).toString('latin1')).toBe('GIF89a');
  await run('encode', 'in.png', ...pack, '--out', 'study.json');
  const { codes } = JSON.parse(readFileSync(join(cwd, 'study.json'), 'utf8')) as { codes: number[] };
  const rows = readFileSync(join(cwd, 'curves.csv'), 'utf8').trimEnd().split('\n');
  expect(rows[0]).toMatch(
    /^t,visible_tokens,psnr_restored,psnr_alone,psnr_noised,background_restored,.*,texture_alone$/,
  );
  expect(rows).toHaveLength(codes.length + 1);
  expect(rows.at(-1)).toMatch(new RegExp(`^1\\.0+,${codes.length},`));
  // Near t = 1 the tokens are all the decoder has: with them it must do better than without.
  const [, , restored, alone] = rows.at(-1)!.split(',').map(Number);
  expect(restored).toBeGreaterThan(alone!);
  expect(read('sheet.png').width).toBeGreaterThan(16 * 128);
});

it('packs install shows the licence first, installs what is agreed to, and remove takes it away', async () => {
  const source = writeFakePack(join(cwd, 'small'), { name: 'small', license: 'CC0-1.0' });
  const shown = await run('packs', 'install', source);
  expect(shown).toMatchObject({ code: 1, stderr: expect.stringContaining('License: CC0-1.0') as string });
  const installed = jsonLines(await run('packs', 'install', source, '--accept-license', '--json'));
  expect(installed.at(-1)).toMatchObject({ id: 'small@1.0.0', license: 'CC0-1.0' });
  expect((await run('packs', 'list')).stdout).toContain('small@1.0.0');
  expect((await run('packs', 'remove', 'small')).stdout).toContain('small@1.0.0 is removed.');
  expect((await run('packs', 'list')).stdout).not.toContain('small@1.0.0');
});

it('packs list and verify', async () => {
  expect((await run('packs', 'list')).stdout).toMatch(/@\d+\.\d+\.\d+ {2}[\d.]+ MB/);
  const verified = jsonLines(await run('packs', 'verify', '--json'));
  expect(verified.at(-1)).toMatchObject({ type: 'result' });
});

it('serve answers on its address until it is told to stop', async () => {
  const serving = startCommand(['serve', '--json'], { cwd });
  await serving.says('\n');
  // One line while it runs.
  const [line] = await Promise.race([
    serving.says('serving').then(() => ['serving']),
    serving.ended.then(() => ['ended']),
  ]);
  expect(line).toBe('serving');
  serving.kill('SIGTERM');
  const ended = await serving.ended;
  expect(ended.code).toBe(0);
  const { address } = jsonLines(ended)[0] as { address: string };
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?enter=/);
  await expect(new Promise((resolve, reject) => get(address, resolve).once('error', reject))).rejects.toThrow(
    /ECONNREFUSED/,
  );
});

it.each([
  [],
  ['generate'],
  ['edit'],
  ['describe'],
  ['ask'],
  ['encode'],
  ['decode'],
  ['timeline'],
  ['packs'],
  ['serve'],
])('--help explains %s', async (...command) => {
  const { code, stdout } = await run(...command, '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: ddt-studio/);
  if (command.length > 0 && command[0] !== 'packs') expect(stdout).toMatch(/Example:\n {2}ddt-studio /);
});
