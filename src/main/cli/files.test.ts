import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { declareOutputs, readInputFile, writeOutputFile } from './files.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const refused = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as string });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-files-'));
  await declareOutputs({});
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writing', () => {
  test('a link stays a link, and what it leads to is replaced with its rights', async () => {
    writeFileSync(at('target.png'), 'before');
    chmodSync(at('target.png'), 0o600);
    symlinkSync('target.png', at('link.png'));
    await writeOutputFile(at('link.png'), 'after');
    expect(readlinkSync(at('link.png'))).toBe('target.png');
    expect(readFileSync(at('target.png'), 'utf8')).toBe('after');
    expect(statSync(at('target.png')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['link.png', 'target.png']);
  });

  test('a link to what is not there yet makes it', async () => {
    symlinkSync(join('new', 'target.png'), at('link.png'));
    await writeOutputFile(at('link.png'), 'made');
    expect(readFileSync(at('new/target.png'), 'utf8')).toBe('made');
    expect(lstatSync(at('link.png')).isSymbolicLink()).toBe(true);
  });

  test.skipIf(process.platform === 'win32')(
    'a pipe, a device, a folder and a circle of links are refused',
    async () => {
      execFileSync('mkfifo', [at('pipe')]);
      symlinkSync('a', at('b'));
      symlinkSync('b', at('a'));
      await expect(writeOutputFile(at('pipe'), 'x')).rejects.toMatchObject(refused('place-unwritable', /is a pipe/));
      await expect(writeOutputFile('/dev/null', 'x')).rejects.toMatchObject(refused('place-unwritable', /is a device/));
      await expect(writeOutputFile(folder, 'x')).rejects.toMatchObject(refused('place-unwritable', /is a folder/));
      await expect(writeOutputFile(at('a'), 'x')).rejects.toThrow();
      expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
      await expect(declareOutputs({ out: at('pipe') })).rejects.toMatchObject(refused('place-unwritable', /is a pipe/));
    },
  );

  test('a file that was read is replaced only with --force, by whatever name', async () => {
    writeFileSync(at('in.png'), 'input');
    symlinkSync('in.png', at('same.png'));
    await readInputFile(at('in.png'), 100);
    await expect(writeOutputFile(at('same.png'), 'x')).rejects.toMatchObject(
      refused('place-unwritable', /same\.png is read by this command, so it is not written over\.$/),
    );
    expect(readFileSync(at('in.png'), 'utf8')).toBe('input');
    // Known from the start, it is refused before anything is computed.
    await declareOutputs({ out: at('same.png') });
    await expect(readInputFile(at('in.png'), 100)).rejects.toMatchObject(refused('place-unwritable', /is read by/));
    await declareOutputs({ out: at('same.png'), force: true });
    await readInputFile(at('in.png'), 100);
    await writeOutputFile(at('same.png'), 'replaced');
    expect(readFileSync(at('in.png'), 'utf8')).toBe('replaced');
  });
});

describe('reading', () => {
  test.skipIf(process.platform === 'win32')('neither waits for a pipe nor reads a device', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await expect(readInputFile(at('pipe'), 100)).rejects.toMatchObject(refused('not-found', /is a pipe, not a file/));
    await expect(readInputFile('/dev/zero', 100)).rejects.toMatchObject(
      refused('not-found', /is a device, not a file/),
    );
  });

  test('at most as much as is allowed, also of a file that states less than it has', async () => {
    writeFileSync(at('many'), Buffer.alloc(10_000, 7));
    expect(await readInputFile(at('many'), 10_000)).toEqual(Buffer.alloc(10_000, 7));
    await expect(readInputFile(at('many'), 9_999)).rejects.toMatchObject(refused('image-too-large', /many has 1 MB/));
    if (process.platform !== 'linux') return;
    expect((await readInputFile('/proc/self/status', 100_000)).length).toBeGreaterThan(100);
    await expect(readInputFile('/proc/self/status', 10)).rejects.toMatchObject({ code: 'image-too-large' });
  });
});
