/** Branch, ablate and transplant through the command line, the real engine and the real pack. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { tokenGroups } from '../../src/shared/tokens/influence.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { jsonLines, repository, type CommandRun } from './command-line.js';
import { runHere } from './same-process.js';

const pack = JSON.parse(readFileSync(join(repository, 'resources/packs/scenes-128/pack.json'), 'utf8')) as PackManifest;
let cwd = '';
const run = (...parameters: string[]): Promise<CommandRun> => runHere(parameters, { cwd });
const read = (name: string): RasterImage => decodeImage(readFileSync(join(cwd, name)));
const codesIn = (name: string): number[] =>
  (JSON.parse(readFileSync(join(cwd, name), 'utf8')) as { codes: number[] }).codes;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-explore-'));
  for (const [name, prompt] of [
    ['a', 'a red circle on a blue background'],
    ['b', 'a green star on a yellow background'],
  ] as const) {
    await run('generate', prompt, '--steps', '2', '--out', `${name}.png`);
    await run('encode', `${name}.png`, '--out', `${name}.json`);
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('branch', () => {
  it('keeps what it is told in every variation and writes the rest anew', async () => {
    const source = codesIn('a.json');
    const middle = Math.floor(source.length / 2);
    const done = await run(
      ...['branch', 'a.json', '--keep-from', String(middle), '--keep', '0', '2-3', '--prompt', 'a green star'],
      ...[
        '--seed',
        '5',
        '--variations',
        '2',
        '--steps',
        '2',
        '--out',
        'branch.png',
        '--tokens',
        'branch.json',
        '--json',
      ],
    );
    expect(done).toMatchObject({ code: 0 });
    const { images, kept } = jsonLines(done).at(-1) as { kept: number; images: { file: string; codes: number[] }[] };
    expect(kept).toBe(source.length - middle + 3);
    expect(images.map(({ file }) => file)).toEqual(['branch-1.png', 'branch-2.png']);
    for (const [index, { file, codes }] of images.entries()) {
      expect(codes.slice(middle)).toEqual(source.slice(middle));
      expect([codes[0], codes[2], codes[3]]).toEqual([source[0], source[2], source[3]]);
      expect(codes).not.toEqual(source);
      expect(codesIn(`branch-${index + 1}.json`)).toEqual(codes);
      expect(read(file).width).toBe(read('a.png').width);
    }
    expect(images[0]!.codes).not.toEqual(images[1]!.codes);
  });

  it('needs to be told what to keep, and no words', async () => {
    const without = await run('branch', 'a.json', '--out', 'x.png');
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--keep-from') as string });
    expect((await run('branch', 'a.json', '--keep-from', '4', '--steps', '1', '--out', 'wordless.png')).code).toBe(0);
  });

  it('lets an instruction lead the rest in place of a prompt', async () => {
    const common = [
      'branch',
      'a.json',
      '--keep-from',
      '4',
      '--steps',
      '1',
      '--instruction',
      'make the background blue',
    ];
    const done = await run(...common, '--out', 'edited.png', '--json');
    expect(done).toMatchObject({ code: 0 });
    const { images } = jsonLines(done).at(-1) as { images: { codes: number[] }[] };
    expect(images[0]!.codes.slice(4)).toEqual(codesIn('a.json').slice(4));
    expect((await run(...common, '--prompt', 'a star', '--out', 'x.png')).code).toBe(2);
  });

  it.each(['9-3', 'x', '-1'])('refuses to keep %s', async (range) => {
    expect((await run('branch', 'a.json', `--keep=${range}`, '--out', 'x.png')).code).toBe(2);
  });
});

describe('ablate', () => {
  it('draws one heatmap a token and tells programs how much each changes', async () => {
    const lines = jsonLines(await run('ablate', 'a.png', '--out', 'heat.png', '--json'));
    const influences = lines.filter(({ type }) => type === 'influence');
    const { groups } = lines.at(-1) as { groups: { from: number; to: number; total: number }[] };
    const count = codesIn('a.json').length;
    expect(groups).toHaveLength(tokenGroups(count).length);
    expect(influences).toHaveLength(groups.length);
    expect(groups.every(({ total }) => total >= 0 && total <= 1)).toBe(true);
    // Tokens that change nothing at all would mean that nothing was hidden.
    expect(Math.max(...groups.map(({ total }) => total))).toBeGreaterThan(0.001);
    expect(read('heat.png').width).toBeGreaterThan(8 * 128);
  });

  it('takes groups, and names a token that does not exist', async () => {
    const lines = jsonLines(await run('ablate', 'a.png', '--groups', '0-3', '5', '--out', 'few.png', '--json'));
    expect(lines.at(-1)).toMatchObject({
      groups: [
        { from: 0, to: 3 },
        { from: 5, to: 5 },
      ],
    });
    const wrong = await run('ablate', 'a.png', '--groups', '0-9999', '--out', 'x.png');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('no token 9999') as string });
  });
});

describe('transplant', () => {
  it('makes the tokens of the range those of the other picture', async () => {
    const [a, b] = [codesIn('a.json'), codesIn('b.json')];
    const last = a.length - 1;
    const done = await run(
      ...['transplant', 'a.json', 'b.json', '--from', '3', '--to', String(last)],
      ...['--steps', '2', '--out', 'mixed.png', '--tokens', 'mixed.json'],
    );
    expect(done).toMatchObject({ code: 0, stdout: 'mixed.png\n' });
    expect(codesIn('mixed.json')).toEqual([...a.slice(0, 3), ...b.slice(3)]);
    await run('transplant', 'a.json', 'a.json', '--from', '0', '--to', '0', '--steps', '2', '--out', 'same.png');
    expect(read('mixed.png')).not.toEqual(read('same.png'));
  });

  it('refuses ranges that do not fit', async () => {
    const wrong = await run('transplant', 'a.json', 'b.json', '--from', '5', '--to', '4', '--out', 'x.png');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('no tokens 5 to 4') as string });
  });
});

describe('analyze', () => {
  it('attributes: one row a t, everything restored near t = 0, a figure', async () => {
    const done = await run(
      ...['analyze', 'attributes', 'a.png', '--points', '4', '--csv', 'curves.csv', '--figure', 'lanes.svg', '--json'],
    );
    const { rows } = jsonLines(done).at(-1) as { rows: { t: number; alone: Record<string, number> }[] };
    expect(rows.map(({ t }) => t)).toEqual([0.25, 0.5, 0.75, 1]);
    // Pure noise without tokens is the worst case itself.
    expect(Object.values(rows[3]!.alone)).toEqual([0, 0, 0, 0, 0]);
    expect(rows[0]!.alone['background']).toBeGreaterThan(rows[3]!.alone['background']!);
    expect((await run('analyze', 'attributes')).code).toBe(2);
    const [head, ...lines] = readFileSync(join(cwd, 'curves.csv'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(head).toMatch(/,confidence_caption,caption$/);
    for (const line of lines) expect(line).toMatch(/,(0\.\d{4}|1\.0000),"[^"]*\w[^"]*"$/);
    expect(readFileSync(join(cwd, 'lanes.svg'), 'utf8')).toMatch(/^<svg [\s\S]*background, restored[\s\S]*<\/svg>\n$/);
  });

  it('entropy: three orders over files and samples, a table and a figure', async () => {
    const done = await run(
      ...['analyze', 'entropy', 'a.png', 'b.json', '--samples', '2', '--csv', 'e.csv', '--figure', 'e.png', '--json'],
    );
    const result = jsonLines(done).at(-1) as { pictures: number; curves: { stride: number; entropy: number[] }[] };
    expect(result).toMatchObject({ pictures: 4, curves: [{ stride: 0 }, { stride: 1 }, { stride: 2 }] });
    expect(result.curves[0]!.entropy).toHaveLength(codesIn('a.json').length);
    expect(readFileSync(join(cwd, 'e.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(codesIn('a.json').length + 1);
    expect(read('e.png').width).toBeGreaterThan(600);
    const nothing = await run('analyze', 'entropy');
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('--samples') as string });
    expect((await run('analyze', 'entropy', 'a.png', '--figure', 'e.gif')).code).toBe(2);
  });

  it('spectrum: one curve a number of tokens, and the picture’s own', async () => {
    const done = await run(
      ...[
        'analyze',
        'spectrum',
        'a.png',
        '--tokens',
        '2',
        '1',
        '--steps',
        '1',
        '--sheet',
        's.png',
        '--figure',
        's.svg',
      ],
      '--json',
    );
    const { curves } = jsonLines(done).at(-1) as { curves: { tokens: number | null; power: number[] }[] };
    expect(curves.map(({ tokens }) => tokens)).toEqual([null, 1, 2]);
    expect(read('s.png').width).toBeGreaterThan(3 * 128);
    expect(readFileSync(join(cwd, 's.svg'), 'utf8')).toContain('the picture');
    const many = await run('analyze', 'spectrum', 'a.png', '--tokens', '9999');
    expect(many).toMatchObject({ code: 1, stderr: expect.stringContaining('9999') as string });
  });

  it('interpolate draws both directions, seeds the same tokens again and again', async () => {
    const sheet = await run(
      ...['analyze', 'interpolate', 'a.json', 'b.json', '--strides', '2', '--steps', '1', '--out', 'ab.png'],
    );
    expect(sheet).toMatchObject({ code: 0, stdout: 'ab.png\n' });
    expect(read('ab.png').width).toBeGreaterThan(3 * 128);
    const seeds = await run(
      'analyze',
      'seeds',
      'a.json',
      '--count',
      '2',
      '--steps',
      '1',
      '--out',
      'seeds.png',
      '--json',
    );
    const { images } = jsonLines(seeds).at(-1) as { images: { seed: number | null; psnr: number | null }[] };
    // Where the pack has a one-step renderer, which needs no noise, it draws the last one.
    expect(images.map(({ seed }) => seed)).toEqual(pack.graphs.renderer === undefined ? [7, 8] : [7, 8, null]);
    expect(images[1]!.psnr).toBeGreaterThan(0);
  });
});

it.each(['branch', 'ablate', 'transplant'])('%s --help shows an example', async (command) => {
  const { code, stdout } = await run(command, '--help');
  expect(code).toBe(0);
  expect(stdout).toContain(`ddt-studio ${command} `);
});
