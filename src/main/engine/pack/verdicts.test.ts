import { mkdtemp, open, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFile } from './pack-files.js';
import { Verdicts } from './verdicts.js';

let folder: string;
let kept: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verdicts-'));
  kept = join(folder, 'cache', 'hashes.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const large = 64 * 1024 * 1024;
const hashOfZeros = createHash('sha256').update(Buffer.alloc(large)).digest('hex');
const file = { path: 'decoder.onnx', bytes: large, sha256: hashOfZeros };

/** A file of zeros that takes no room on the disk. */
async function writeLarge(): Promise<string> {
  const path = join(folder, file.path);
  await writeFile(path, '');
  await truncate(path, large);
  return path;
}

const statOf = (path: string) => stat(path, { bigint: true });

describe('hashes of large files', () => {
  test('are kept from one opening to the next', async () => {
    const path = await writeLarge();
    const first = await Verdicts.read(kept);
    expect(await checkFile(folder, file, first)).toBeNull();
    await first.save();
    expect((await Verdicts.read(kept)).of(await statOf(path))).toBe(hashOfZeros);
  });

  test('are believed: the file is not read again', async () => {
    const path = await writeLarge();
    const verdicts = await Verdicts.read(kept);
    verdicts.note(await statOf(path), 'a'.repeat(64));
    expect(await checkFile(folder, { ...file, sha256: 'a'.repeat(64) }, verdicts)).toBeNull();
    expect((await checkFile(folder, file, verdicts))!.rule).toContain('has SHA-256 aaaaaaaaaaaa…');
  });

  test('hold no longer once the file was written to, even where its time was set back', async () => {
    const path = await writeLarge();
    const before = await stat(path);
    const verdicts = await Verdicts.read(kept);
    await checkFile(folder, file, verdicts);
    const handle = await open(path, 'r+');
    await handle.write(Buffer.from([1]), 0, 1, 1000);
    await handle.close();
    await utimes(path, before.atime, before.mtime);
    expect(verdicts.of(await statOf(path))).toBeNull();
    expect((await checkFile(folder, file, verdicts))!.rule).toContain('has SHA-256');
  });

  test('of a file that breaks the rule are not kept, nor those of small files', async () => {
    const path = await writeLarge();
    const verdicts = await Verdicts.read(kept);
    await checkFile(folder, { ...file, sha256: 'b'.repeat(64) }, verdicts);
    expect(verdicts.of(await statOf(path))).toBeNull();
    const small = join(folder, 'small');
    await writeFile(small, 'x');
    verdicts.note(await statOf(small), 'c'.repeat(64));
    expect(verdicts.of(await statOf(small))).toBeNull();
  });

  test('where they cannot be read or written, nothing is known and nothing fails', async () => {
    const path = await writeLarge();
    await writeFile(join(folder, 'broken.json'), '{"a": "not a hash"}');
    expect((await Verdicts.read(join(folder, 'broken.json'))).of(await statOf(path))).toBeNull();
    const nowhere = await Verdicts.read(join(path, 'below-a-file.json'));
    nowhere.note(await statOf(path), 'd'.repeat(64));
    await nowhere.save();
    const none = await Verdicts.read(null);
    none.note(await statOf(path), 'd'.repeat(64));
    expect(none.of(await statOf(path))).toBeNull();
  });

  test('are their owner’s alone', async () => {
    const path = await writeLarge();
    const verdicts = await Verdicts.read(kept);
    verdicts.note(await statOf(path), 'e'.repeat(64));
    await verdicts.save();
    expect((await stat(kept)).mode & 0o077).toBe(0);
    expect(await readFile(kept, 'utf8')).toContain('e'.repeat(64));
  });
});
