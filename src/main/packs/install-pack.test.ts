import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeFakePack } from '../../../tests/fakes/fake-pack.js';
import type { InstallProgress, PackOffer } from '../../shared/contract/pack-installation.js';
import { installPack, removePack } from './install-pack.js';

const writes = vi.hoisted(() => ({ fail: false }));
vi.mock('node:fs', async (original) => {
  const { onFullDisk } = await import('../../../tests/fakes/full-disk.js');
  return onFullDisk(await original(), writes);
});

let folder: string;
let packs: string;
let source: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
  packs = join(folder, 'data', 'packs');
  source = writeFakePack(join(folder, 'from', 'Fake Pack ø'), { name: 'fake', version: '1.0.0' });
});

afterEach(() => {
  writes.fail = false;
  rmSync(folder, { recursive: true, force: true });
});

const agree = () => undefined;
const { signal } = new AbortController();
const install = (changes: Partial<Parameters<typeof installPack>[0]> = {}) =>
  installPack({ packs, source, agree, signal, ...changes });

/** All files of the pack, under `inside`, and whatever else is given. */
function zipOf(inside: string, others: Zippable = {}): string {
  const own = Object.fromEntries(
    readdirSync(source).map((name) => [inside + name, new Uint8Array(readFileSync(join(source, name)))]),
  );
  const path = join(folder, 'pack.zip');
  writeFileSync(path, zipSync({ ...own, ...others }));
  return path;
}

const nothingLeft = () => expect(existsSync(packs) ? readdirSync(packs) : []).toEqual([]);

describe('installing', () => {
  test('from a folder: what the manifest names and nothing else, with what is agreed to and how far it is', async () => {
    writeFileSync(join(source, 'stowaway.sh'), 'echo');
    const offers: PackOffer[] = [];
    const progress: InstallProgress[] = [];
    const pack = await install({
      agree: (offer) => {
        offers.push(offer);
        nothingLeft();
      },
      onProgress: (one) => progress.push(one),
    });
    expect(pack).toMatchObject({ id: 'fake@1.0.0', directory: join(packs, 'fake-1.0.0') });
    expect(readdirSync(packs)).toEqual(['fake-1.0.0']);
    expect(readdirSync(pack.directory).sort()).toEqual(
      readdirSync(source)
        .filter((name) => name !== 'stowaway.sh')
        .sort(),
    );
    expect(offers).toMatchObject([{ id: 'fake@1.0.0', license: 'MIT', licenseText: null, bytes: pack.bytes }]);
    expect(progress.at(-1)).toEqual({ phase: 'verifying', done: pack.bytes, total: pack.bytes });
    for (const { done, total } of progress) expect(done).toBeLessThanOrEqual(total);
  });

  test.each([
    ['at its top', ''],
    ['inside a folder', 'fake-main/packs/'],
  ])('from a zip with the pack %s', async (_where, inside) => {
    const pack = await install({ source: zipOf(inside, { 'READ ME.txt': strToU8('x') }) });
    expect(pack.id).toBe('fake@1.0.0');
    expect(readdirSync(pack.directory)).not.toContain('READ ME.txt');
  });

  test('twice is refused, unless it is to be replaced; another version stands beside', async () => {
    await install();
    await expect(install()).rejects.toMatchObject({ code: 'bad-request', message: 'fake@1.0.0 is installed already.' });
    await install({ replace: true });
    const newer = writeFakePack(join(folder, 'newer'), { name: 'fake', version: '2.0.0' });
    await install({ source: newer });
    expect(readdirSync(packs).sort()).toEqual(['fake-1.0.0', 'fake-2.0.0']);
  });

  test('what is not agreed to leaves nothing', async () => {
    const no = new Error('no');
    await expect(
      install({
        agree: () => {
          throw no;
        },
      }),
    ).rejects.toBe(no);
    nothingLeft();
  });

  test('cancelled in the middle leaves nothing', async () => {
    const cancel = new AbortController();
    const done = install({ signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    nothingLeft();
  });

  test('cancelled while every byte is verified leaves nothing, and how far that is was told', async () => {
    const cancel = new AbortController();
    const told: InstallProgress[] = [];
    const done = install({
      signal: cancel.signal,
      onProgress: (one) => {
        if (one.phase !== 'verifying' || one.done === 0) return;
        told.push(one);
        cancel.abort();
      },
    });
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    // The first part of several: the rest was not read any more.
    expect(told).toHaveLength(1);
    expect(told[0]!.done).toBeLessThan(told[0]!.total);
    nothingLeft();
  });

  test('a disk that fills up in the middle is told and leaves nothing; what was installed before stays', async () => {
    await install();
    const newer = writeFakePack(join(folder, 'newer'), { name: 'fake', version: '2.0.0' });
    writes.fail = true;
    const refused = { code: 'disk-full', message: expect.stringContaining('the pack was not installed') as string };
    await expect(install({ source: newer })).rejects.toMatchObject(refused);
    await expect(install({ replace: true })).rejects.toMatchObject(refused);
    expect(readdirSync(packs)).toEqual(['fake-1.0.0']);
    expect(readdirSync(join(packs, 'fake-1.0.0')).sort()).toEqual(readdirSync(source).sort());
  });

  test('what installations that were killed have left is swept, what others are writing is not', async () => {
    mkdirSync(join(packs, '.incoming-999999999-aa'), { recursive: true });
    mkdirSync(join(packs, `.incoming-${process.ppid}-bb`));
    await install();
    expect(readdirSync(packs).sort()).toEqual([`.incoming-${process.ppid}-bb`, 'fake-1.0.0']);
  });
});

describe('what is no sound pack', () => {
  const refused = async (code: string, words: string | RegExp, from = source) => {
    await expect(install({ source: from })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
    });
    nothingLeft();
  };

  test('nothing, a text, a zip without a pack, a truncated zip', async () => {
    await refused('pack-missing', /neither a folder nor a zip/, join(folder, 'nowhere'));
    writeFileSync(join(folder, 'text.zip'), 'no zip');
    await refused('pack-missing', /no zip file/, join(folder, 'text.zip'));
    writeFileSync(join(folder, 'other.zip'), zipSync({ 'a.txt': strToU8('x') }));
    await refused('pack-missing', /holds no pack\.json/, join(folder, 'other.zip'));
    const whole = readFileSync(zipOf(''));
    writeFileSync(join(folder, 'half.zip'), whole.subarray(0, whole.length / 2));
    await refused('pack-missing', /no zip file/, join(folder, 'half.zip'));
    rmSync(join(source, 'pack.json'));
    await refused('pack-missing', /pack\.json is missing/);
  });

  test('names that lead out of the folder', async () => {
    await refused('pack-missing', /damaged zip/, zipOf('', { '../../evil': strToU8('x') }));
  });

  test('a file that is missing, longer than stated, or another one', async () => {
    const lm = join(source, 'lm.onnx');
    const right = readFileSync(lm);
    writeFileSync(lm, Buffer.concat([right, Buffer.from([0])]));
    await refused('pack-damaged', /lm\.onnx is longer/);
    await refused('pack-damaged', /lm\.onnx is longer/, zipOf(''));
    writeFileSync(lm, Buffer.alloc(right.length, 7));
    await refused('pack-damaged', /lm\.onnx has SHA-256/);
    rmSync(lm);
    await refused('pack-damaged', /lm\.onnx is missing/);
    await refused('pack-damaged', /lm\.onnx is missing/, zipOf(''));
  });

  test('a bomb: a graph that unfolds to far more than it states', async () => {
    await refused('pack-damaged', /lm\.onnx is longer/, zipOf('', { 'lm.onnx': new Uint8Array(4_000_000) }));
  });

  test('a zip whose names alone take long to look at, or much to keep', async () => {
    const named = (name: (index: number) => string, count: number, comment = '') =>
      zipOf(
        '',
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [name(index), [new Uint8Array(), { comment, level: 0 }]]),
        ),
      );
    const deep = named((index) => `${index}/${'a/'.repeat(30_000)}pack.json`, 40);
    await refused('pack-missing', /holds a name of more than 4096 letters/, deep);
    const wordy = named((index) => `${index}.txt`, 140, 'x'.repeat(65_000));
    await refused('pack-missing', /says more than 8 MB of its files alone/, wordy);
    const many = named((index) => `${index}/${'a/'.repeat(100)}pack.json`, 200);
    expect((await install({ source: many })).id).toBe('fake@1.0.0');
  });

  test('a link out of the folder', async () => {
    writeFileSync(join(folder, 'secret'), readFileSync(join(source, 'lm.onnx')));
    rmSync(join(source, 'lm.onnx'));
    symlinkSync(join(folder, 'secret'), join(source, 'lm.onnx'));
    await refused('pack-damaged', /leads out/);
  });

  test('more than the disk holds', async () => {
    const manifest = JSON.parse(readFileSync(join(source, 'pack.json'), 'utf8')) as { files: { bytes: number }[] };
    manifest.files[0]!.bytes = 2 ** 52;
    writeFileSync(join(source, 'pack.json'), JSON.stringify(manifest));
    await refused('disk-full', /The pack needs .* MB, and .* MB are free/);
  });
});

describe('removing', () => {
  test('takes the installed pack away, and only that', async () => {
    await install();
    const newer = writeFakePack(join(folder, 'newer'), { name: 'fake', version: '2.0.0' });
    await install({ source: newer });
    await expect(removePack(packs, 'fake')).rejects.toMatchObject({ remedy: /fake@1\.0\.0, fake@2\.0\.0/ });
    expect((await removePack(packs, 'fake@1.0.0')).id).toBe('fake@1.0.0');
    expect(readdirSync(packs)).toEqual(['fake-2.0.0']);
    await expect(removePack(packs, 'scenes-128')).rejects.toMatchObject({ code: 'pack-missing' });
  });

  test('of a pack that is a link removes the link, not what it leads to', async () => {
    mkdirSync(packs, { recursive: true });
    symlinkSync(source, join(packs, 'linked'));
    await removePack(packs, 'fake');
    expect(readdirSync(packs)).toEqual([]);
    expect(existsSync(join(source, 'pack.json'))).toBe(true);
  });
});
