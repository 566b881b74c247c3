/** Pictures the command line writes tell how they were made, and `info` and `decode` read it back. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImageMetadata } from '../../src/shared/document/image-metadata.js';
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { pngTexts, withPngTexts } from '../../src/main/storage/images/png-chunks.js';
import { GifWriter } from '../../src/shared/pictures/gif.js';
import { jsonLines, type CommandRun } from './command-line.js';
import { runHere } from './same-process.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-cli-metadata-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...parameters: string[]): Promise<CommandRun> => runHere(parameters, { cwd: folder });

async function done(...parameters: string[]): Promise<CommandRun> {
  const ended = await run(...parameters);
  expect(ended.stderr + ended.stdout).not.toMatch(/^\{"type":"failed"/m);
  expect(ended).toMatchObject({ code: 0 });
  return ended;
}

async function metadataOf(file: string): Promise<ImageMetadata | null> {
  return jsonLines(await done('info', file, '--json')).at(-1)!['metadata'] as ImageMetadata | null;
}

it('generate, edit and decode leave a chain that info tells', async () => {
  await done('generate', 'a red circle on a blue background', '--seed', '5', '--steps', '2', '--out', 'a.png');
  const first = await metadataOf('a.png');
  expect(first).toMatchObject({
    source: 'ddt-studio',
    faults: [],
    recipe: { task: 'generate', text: 'a red circle on a blue background', seed: 5, settings: { steps: 2 } },
    record: { picture: { origin: { kind: 'generated' } }, earlier: [] },
  });
  const { tokens } = first!.record!.picture;
  expect(tokens!.codes.length).toBeGreaterThan(0);
  expect(pngTexts(readFileSync(join(folder, 'a.png')))[0]).toMatchObject({
    keyword: 'parameters',
    text: expect.stringContaining('a red circle on a blue background\nSteps: 2, Sampler: Euler'),
  });

  await done('edit', 'a.png', 'make the circle green', '--seed', '6', '--steps', '2', '--out', 'b.png');
  const second = await metadataOf('b.png');
  expect(second!.record).toMatchObject({
    picture: { origin: { kind: 'edited', instruction: 'make the circle green', parentId: first!.record!.picture.id } },
    earlier: [{ id: first!.record!.picture.id, tokens }],
  });

  // Straight from the tokens in the picture: nothing is read from its pixels, and the result is the same every time.
  await done('decode', 'a.png', '--steps', '2', '--seed', '9', '--out', 'c.png');
  const third = await metadataOf('c.png');
  expect(third!.record).toMatchObject({
    picture: { origin: { kind: 'decoded', t: 1, keepFrom: 0, parentId: first!.record!.picture.id }, tokens },
  });
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify({ format: 'ddt-tokens/1', ...tokens }));
  await done('decode', 'tokens.json', '--steps', '2', '--seed', '9', '--out', 'd.png');
  const pixels = (file: string): Uint8Array => decodeImage(readFileSync(join(folder, file))).data;
  expect(pixels('d.png')).toEqual(pixels('c.png'));

  const { stdout } = await done('info', 'b.png');
  expect(stdout).toMatch(/Instruction +make the circle green/);
  expect(stdout).toMatch(/Seed +6/);
  expect(stdout).toContain('1. “a red circle on a blue background”\n  2. “make the circle green”');
});

it('--no-metadata writes pixels only', async () => {
  await done('generate', 'a green star', '--steps', '1', '--no-metadata', '--out', 'plain.png');
  expect(pngTexts(readFileSync(join(folder, 'plain.png')))).toEqual([]);
  expect((await done('info', 'plain.png')).stdout).toContain('It says nothing about how it was made.');
  const refused = await run('decode', 'plain.png', '--out', 'x.png');
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(/plain\.png carries no tokens.*\n.*ddt-studio encode/s);
});

it('info reads other programs’ files, names what lies and refuses what is no picture', async () => {
  const png = encodePng({ width: 2, height: 2, data: new Uint8Array(16).fill(200) });
  const write = (name: string, keyword: string, text: string): void =>
    writeFileSync(join(folder, name), withPngTexts(png, [{ keyword, text }]));
  write('a1111.png', 'parameters', 'a castle\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, Seed: 3, Model: m');
  expect((await done('info', 'a1111.png')).stdout).toMatch(/AUTOMATIC1111.*Prompt +a castle.*Seed +3/s);
  write('liar.png', 'ddt-studio', '{"format":"ddt-studio/image","version":1}');
  expect((await done('info', 'liar.png')).stderr).toMatch(/record cannot be read: program/);
  writeFileSync(join(folder, 'broken.png'), png.slice(0, 30));
  expect(await run('info', 'broken.png')).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.png') });
  expect(await run('info', 'nobody.png')).toMatchObject({ code: 1, stderr: expect.stringMatching(/no file nobody/) });
});

it('the content decides, never the name', async () => {
  const files = [
    ['i01-a1111.jpg', 'jpeg.png'],
    ['i02-a1111.webp', 'webp.png'],
    ['m12-line-after-settings.png', 'png.jpg'],
  ] as const;
  for (const [file, name] of files) {
    copyFileSync(join('tests', 'brought', file), join(folder, name));
    expect(jsonLines(await done('info', name, '--json')).at(-1)).toMatchObject({
      ...{ width: 128, height: 128 },
      metadata: { source: 'automatic1111', recipe: { text: 'a red circle', seed: 5 } },
    });
  }
});

it('of an animated picture the first frame is taken, and every command says so', async () => {
  const writer = new GifWriter(64, 48, Uint8Array.of(10, 20, 30, 240, 200, 20));
  for (const value of [0, 255])
    writer.add({ width: 64, height: 48, data: new Uint8Array(64 * 48 * 4).fill(value) }, 100);
  writeFileSync(join(folder, 'moves.gif'), writer.finish());
  const note = 'It is animated; its first frame was taken.';
  expect(jsonLines(await done('info', 'moves.gif', '--json')).at(-1)).toMatchObject({
    width: 64,
    height: 48,
    notes: [note],
  });
  const told = await done('encode', 'moves.gif', '--out', 'moves.json', '--json');
  expect(jsonLines(told)).toContainEqual({ type: 'note', file: 'moves.gif', note });
  expect(told.stderr).toBe('');
});
