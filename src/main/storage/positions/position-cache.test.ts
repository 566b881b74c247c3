import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { withoutRights } from '../../../../tests/fakes/without-rights.js';
import { PositionCache, type PositionKey } from './position-cache.js';
import { readPosition, writePosition, type CachedPosition } from './position-file.js';

const key: PositionKey = { pack: 'p', imageId: 'a', codes: [1, 2], seed: 7, t: 0.5 };
const plenty = 1_000_000;

function picture(value: number, side = 4): RasterImage {
  return {
    width: side,
    height: side,
    data: new Uint8Array(4 * side * side).map((_, at) => (value * 31 + at * 7) % 256),
  };
}

function position(t = 0.5): CachedPosition {
  const shares = { background: 1, layout: 0.5, colour: 0.25, shape: 0.125, texture: 0 };
  return {
    t,
    visibleTokens: 3,
    noised: picture(1),
    alone: picture(2),
    restored: picture(3),
    shares,
    sharesAlone: shares,
  };
}

let directory: string;
let files: () => string[];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'ddt-cache-')), 'timeline');
  files = () => readdirSync(directory);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

describe('a position as bytes', () => {
  it('comes back as it was', async () => {
    expect(await readPosition(await writePosition(position()))).toEqual(position());
    const described = { ...position(), caption: { words: [{ text: 'grün', probability: 0.25 }], confidence: 0.25 } };
    expect(await readPosition(await writePosition(described))).toEqual(described);
  });

  it('is refused when any one byte was changed, and when the end is missing', async () => {
    const bytes = await writePosition(position());
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      expect(await readPosition(damaged), `byte ${at}`).toBeNull();
    }
    for (const length of [0, 10, 50, bytes.length - 1]) {
      expect(await readPosition(bytes.subarray(0, length))).toBeNull();
    }
  });
});

describe('the cache of positions', () => {
  it('gives back what it was given, in the next run too', async () => {
    const first = new PositionCache(directory, { limit: plenty });
    expect(await first.read(key)).toBeNull();
    await first.write(key, position());
    expect(await first.read(key)).toEqual(position());
    const second = new PositionCache(directory, { limit: plenty });
    expect(await second.read(key)).toEqual(position());
    expect(second.state.bytes).toBe(first.state.bytes);
  });

  it.each<[string, Partial<PositionKey>]>([
    ['pack', { pack: 'q' }],
    ['image', { imageId: 'b' }],
    ['missing image', { imageId: null }],
    ['codes', { codes: [1, 3] }],
    ['codes not read yet', { codes: null }],
    ['seed', { seed: 8 }],
    ['t', { t: 0.25 }],
  ])('does not mistake another %s for the same', async (_, other) => {
    const cache = new PositionCache(directory, { limit: plenty });
    await cache.write(key, position());
    expect(await cache.read({ ...key, ...other })).toBeNull();
  });

  it('stays within its limit; what was used longest ago goes first', async () => {
    const size = (await writePosition(position())).length;
    let clock = 1_000_000;
    const cache = new PositionCache(directory, { limit: 4.5 * size, now: () => (clock += 1000) });
    const keys = [0, 1, 2, 3].map((seed) => ({ ...key, seed }));
    for (const one of keys) await cache.write(one, position());
    await cache.read(keys[0]!);
    await cache.write({ ...key, seed: 4 }, position());
    expect(cache.state.bytes).toBeLessThanOrEqual(4.5 * size);
    expect(files()).toHaveLength(4);
    expect(await cache.read(keys[0]!)).not.toBeNull();
    expect(await cache.read(keys[1]!)).toBeNull();
  });

  it('knows the order of use of an earlier run', async () => {
    const size = (await writePosition(position())).length;
    const first = new PositionCache(directory, { limit: plenty });
    await first.write(key, position());
    const [oldest] = files();
    await first.write({ ...key, seed: 1 }, position());
    const [other] = files().filter((name) => name !== oldest);
    utimesSync(join(directory, oldest!), 2000, 2000);
    utimesSync(join(directory, other!), 1000, 1000);
    await new PositionCache(directory, { limit: 1.5 * size }).setLimit(1.5 * size);
    expect(files()).toEqual([oldest]);
  });

  it('keeps nothing at a limit of 0, and frees what it had when told so', async () => {
    const cache = new PositionCache(directory, { limit: plenty });
    await cache.write(key, position());
    await cache.setLimit(0);
    expect(files()).toEqual([]);
    expect(cache.state.bytes).toBe(0);
    await cache.write(key, position());
    expect(files()).toEqual([]);
  });

  it('forgets everything when asked', async () => {
    const cache = new PositionCache(directory, { limit: plenty });
    await cache.write(key, position());
    await cache.clear();
    expect(files()).toEqual([]);
    expect(await cache.read(key)).toBeNull();
  });

  it('removes an entry that was damaged, and leftovers of a write that was cut off', async () => {
    const first = new PositionCache(directory, { limit: plenty });
    await first.write(key, position());
    const path = join(directory, files()[0]!);
    writeFileSync(path, readFileSync(path).subarray(0, -3));
    writeFileSync(join(directory, 'x.position.new'), 'half');
    const second = new PositionCache(directory, { limit: plenty });
    expect(await second.read(key)).toBeNull();
    expect(files()).toEqual([]);
    expect(second.state.bytes).toBe(0);
    await second.write(key, position());
    expect(await second.read(key)).toEqual(position());
  });

  it('says once why it cannot keep anything, tries again later, and says when it can', async () => {
    // A file where the folder should be refuses everyone, root included.
    writeFileSync(directory, '');
    let clock = 0;
    const onChange = vi.fn();
    const cache = new PositionCache(directory, { limit: plenty, onChange, now: () => clock });
    await cache.write(key, position());
    expect(cache.state.problem).toMatchObject({ code: 'cache-unusable' });
    expect(cache.state.problem?.message).toContain(directory);
    const told = onChange.mock.calls.length;
    await cache.write(key, position());
    expect(onChange).toHaveBeenCalledTimes(told);
    rmSync(directory);
    clock = 61_000;
    await cache.write(key, position());
    expect(cache.state.problem).toBeNull();
    expect(await cache.read(key)).toEqual(position());
  });

  // Every write to it fails with ENOSPC; tests/robustness/disk.test.ts has real disks that are full.
  const full = '/dev/full';
  it.skipIf(!existsSync(full))('calls a full disk a full disk', async () => {
    const cache = new PositionCache(directory, { limit: plenty });
    await cache.write({ ...key, seed: 1 }, position());
    const stated = JSON.stringify([key.pack, key.imageId, key.codes, key.seed, key.t]);
    const name = `${createHash('sha256').update(stated).digest('hex')}.position`;
    symlinkSync(full, join(directory, `${name}.new`));
    await cache.write(key, position());
    expect(cache.state.problem).toMatchObject({ code: 'disk-full' });
    expect(await cache.read({ ...key, seed: 1 })).toEqual(position());
  });

  it.skipIf(process.platform === 'win32')('goes on without a folder it may not write', async () => {
    const cache = new PositionCache(directory, { limit: plenty });
    await cache.write(key, position());
    // The folder of a test belongs to whoever runs it alone.
    chmodSync(join(directory, '..'), 0o755);
    await withoutRights(directory, async () => {
      await cache.write({ ...key, seed: 1 }, position());
      expect(cache.state.problem).toMatchObject({ code: 'cache-unusable' });
      expect(await cache.read(key)).toEqual(position());
    });
  });
});
