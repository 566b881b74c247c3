import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeManifest, fakeTokenizer } from '../../../../tests/fakes/engine-parts.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { listPacks, loadPack, readTokenizer, verifyPack } from './pack.js';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
  directory = join(folder, 'packs', 'fake');
  await writePack(directory);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A graph of nothing but a producer's name (field 2 of ModelProto), shorter than 128 letters. */
function graphNamed(name: string): string {
  const letters = name.slice(0, 120);
  return `\u0012${String.fromCharCode(letters.length)}${letters}`;
}

/** A graph with a tensor in another file; names are shorter than 100 letters. */
function graphWithTensorsIn(location: string): string {
  const field = (number: number, text: string) => String.fromCharCode(number * 8 + 2, text.length) + text;
  return field(7, field(5, field(13, field(1, 'location') + field(2, location))));
}

async function writePack(target: string, name = 'fake', others: Record<string, string> = {}): Promise<void> {
  await mkdir(target, { recursive: true });
  const contents: Record<string, string> = {
    'encoder.onnx': graphNamed('encoder'),
    'decoder.onnx': graphNamed('decoder'.repeat(20)).repeat(10_000),
    'lm.onnx': '',
    'tokenizer.json': fakeTokenizer,
    ...others,
  };
  for (const [path, content] of Object.entries(contents)) await writeFile(join(target, path), content);
  const files = Object.entries(contents).map(([path, content]) => ({
    path,
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  await writeFile(join(target, 'pack.json'), JSON.stringify(fakeManifest({ name, files })));
}

describe('a sound pack', () => {
  test('tells while it is read how much of it has been checked, all of it at the end', async () => {
    const told: [number, number][] = [];
    await loadPack(directory, null, (done, total) => told.push([done, total]));
    const sizes = readdirSync(directory).filter((name) => name !== 'pack.json');
    const total = sizes.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    expect(told.length).toBeGreaterThan(2);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b));
    expect(told.at(-1)).toEqual([total, total]);
  });

  test('loads, with a summary for the window', async () => {
    const pack = await loadPack(directory);
    expect(pack.summary).toMatchObject({ id: 'fake@1.0.0', directory, bytes: expect.any(Number) as number });
    expect(Object.keys(pack.summary.manifest)).not.toContain('files');
    expect(pack.graphPath('encoder')).toBe(join(directory, 'encoder.onnx'));
    expect(pack.graphPath('probe')).toBeUndefined();
    expect(await readTokenizer(pack)).toBe(fakeTokenizer);
    expect(await verifyPack(directory)).toEqual([]);
  });

  test('is still what was checked, or is checked again where a graph was touched; a change is named', async () => {
    const pack = await loadPack(directory);
    await pack.assertUnchanged('encoder');
    const path = join(directory, 'encoder.onnx');
    const bytes = await readFile(path);
    await writeFile(path, bytes);
    await pack.assertUnchanged('encoder');
    await writeFile(path, Buffer.from(bytes).fill(0, bytes.length - 1));
    await expect(pack.assertUnchanged('encoder')).rejects.toMatchObject({
      code: 'pack-damaged',
      message: expect.stringContaining('encoder.onnx has SHA-256') as string,
    });
    // The others are what they were.
    await pack.assertUnchanged('decoder');
    await rm(path);
    await expect(pack.assertUnchanged('encoder')).rejects.toThrow('encoder.onnx is missing');
  });

  test('the tensors beside a graph belong to it', async () => {
    await writePack(directory, 'fake', { 'decoder.onnx': graphWithTensorsIn('w.bin'), 'w.bin': 'weights' });
    const pack = await loadPack(directory);
    await pack.assertUnchanged('decoder');
    await writeFile(join(directory, 'w.bin'), 'Weights');
    await expect(pack.assertUnchanged('decoder')).rejects.toThrow('w.bin has SHA-256');
  });

  test('may be reached by a link to its folder', async () => {
    await symlink(directory, join(folder, 'link'));
    expect(await verifyPack(join(folder, 'link'))).toEqual([]);
  });
});

describe('a bad pack', () => {
  const refused = (code: string, ...words: string[]) =>
    Promise.all(
      words.map((word) =>
        expect(loadPack(directory)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(word) as string,
          remedy: expect.stringMatching(/\.$/) as string,
        }),
      ),
    );

  test('no folder', async () => {
    await rm(directory, { recursive: true });
    await refused('pack-missing', 'is not a folder', directory);
  });

  test('no pack.json', async () => {
    await rm(join(directory, 'pack.json'));
    await refused('pack-missing', 'pack.json is missing');
  });

  test('a file is missing', async () => {
    await rm(join(directory, 'lm.onnx'));
    await refused('pack-damaged', 'lm.onnx is missing');
  });

  test('a file is cut short', async () => {
    await truncate(join(directory, 'decoder.onnx'), 1000);
    await refused('pack-damaged', 'decoder.onnx is 1000 bytes long, pack.json states 1220000');
  });

  test('one byte differs', async () => {
    await writeFile(join(directory, 'encoder.onnx'), graphNamed('encodes'));
    await refused('pack-damaged', 'encoder.onnx has SHA-256');
  });

  /** Replaces a file and what pack.json says of it, as whoever makes a pack can. */
  const replace = async (path: string, content: string): Promise<void> => {
    await writeFile(join(directory, path), content);
    const manifest = JSON.parse(await readFile(join(directory, 'pack.json'), 'utf8')) as PackManifest;
    const file = manifest.files.find((one) => one.path === path)!;
    file.bytes = Buffer.byteLength(content);
    file.sha256 = createHash('sha256').update(content).digest('hex');
    await writeFile(join(directory, 'pack.json'), JSON.stringify(manifest));
  };

  test('a graph keeps its tensors in a file that is not listed, inside the folder or outside', async () => {
    for (const location of ['weights.bin', '../../../../../etc/passwd', '/etc/passwd']) {
      await replace('encoder.onnx', graphWithTensorsIn(location));
      await refused('pack-damaged', `encoder.onnx keeps tensors in ${JSON.stringify(location)}`);
    }
  });

  test('a tokenizer that would stick is named before it is used', async () => {
    await replace('tokenizer.json', JSON.stringify({ model: { vocab: { a: 1e9 } } }));
    await refused('pack-damaged', 'tokenizer.json has a token whose id');
    expect(await verifyPack(directory)).toHaveLength(1);
  });

  test('a link leads out of the folder, even to the right bytes', async () => {
    await cp(join(directory, 'encoder.onnx'), join(folder, 'outside.onnx'));
    await rm(join(directory, 'encoder.onnx'));
    await symlink(join(folder, 'outside.onnx'), join(directory, 'encoder.onnx'));
    await refused('pack-damaged', 'encoder.onnx leads out of the pack’s folder');
  });

  test('a neighbour whose name begins like the pack’s is outside too', async () => {
    await mkdir(`${directory}-2`);
    await cp(join(directory, 'encoder.onnx'), join(`${directory}-2`, 'encoder.onnx'));
    await rm(join(directory, 'encoder.onnx'));
    await symlink(join(`${directory}-2`, 'encoder.onnx'), join(directory, 'encoder.onnx'));
    await refused('pack-damaged', 'leads out');
  });

  test('pack.json is itself a link outwards', async () => {
    await cp(join(directory, 'pack.json'), join(folder, 'pack.json'));
    await rm(join(directory, 'pack.json'));
    await symlink(join(folder, 'pack.json'), join(directory, 'pack.json'));
    await refused('pack-damaged', 'pack.json leads out');
  });

  test('a folder where a file should be', async () => {
    await rm(join(directory, 'encoder.onnx'));
    await mkdir(join(directory, 'encoder.onnx'));
    await refused('pack-damaged', 'encoder.onnx is not a regular file');
  });

  test('a pack.json that is too large is not read', async () => {
    await writeFile(join(directory, 'pack.json'), ' '.repeat(9 * 1024 * 1024));
    await refused('pack-damaged', 'pack.json is 9437184 bytes long');
  });

  test('a newer format', async () => {
    await writeFile(join(directory, 'pack.json'), JSON.stringify({ format: 99 }));
    await refused('pack-unsupported', 'format 99');
  });

  test('verifyPack lists everything that is wrong', async () => {
    await rm(join(directory, 'lm.onnx'));
    await writeFile(join(directory, 'encoder.onnx'), graphNamed('encodes'));
    const findings = await verifyPack(directory);
    expect(findings.map(({ file }) => file).sort()).toEqual(['encoder.onnx', 'lm.onnx']);
  });
});

describe('listPacks', () => {
  test('names the packs of several folders in order, and leaves out what is none', async () => {
    const packs = join(folder, 'packs');
    await writePack(join(packs, 'another'), 'another');
    await writePack(join(packs, '.half-written'), 'hidden');
    await mkdir(join(packs, 'empty'));
    await writeFile(join(packs, 'file'), '');
    await mkdir(join(packs, 'broken'));
    await writeFile(join(packs, 'broken', 'pack.json'), '{');
    const other = join(folder, 'other');
    await writePack(join(other, 'zebra'), 'zebra');
    const found = await listPacks([packs, other, join(folder, 'nowhere')]);
    expect(found.map(({ id }) => id)).toEqual(['another@1.0.0', 'fake@1.0.0', 'zebra@1.0.0']);
  });

  test('the packs of a study come behind the others', async () => {
    const packs = join(folder, 'packs');
    await writePack(join(packs, 'a-study'), 'a-study');
    const path = join(packs, 'a-study', 'pack.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...manifest, purpose: 'study' }));
    expect((await listPacks([packs])).map(({ id }) => id)).toEqual(['fake@1.0.0', 'a-study@1.0.0']);
  });
});
