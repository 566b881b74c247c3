/**
 * Computed positions of timelines on disk, by what they were computed from. Everything in here can be computed again, so nothing
 * that goes wrong with it may stop anyone: a failure is told once, and the work goes on without the cache.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serialiseError, StudioError, type SerialisedError } from '../../../shared/errors.js';
import { diskFailureOf } from '../disk/disk-failures.js';
import { readPosition, writePosition, type CachedPosition } from './position-file.js';

/** Everything that decides what a position looks like. */
export interface PositionKey {
  /** Content hash of the pack. */
  pack: string;
  /** Content hash of the picture, null where only tokens stand for it. */
  imageId: string | null;
  /** Null where the pack reads them from the picture. */
  codes: readonly number[] | null;
  seed: number;
  t: number;
}

export interface PositionCacheOptions {
  /** Bytes; 0 keeps nothing. */
  limit: number;
  /** What it holds, or what is wrong with it, has changed. */
  onChange?: () => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface PositionCacheState {
  bytes: number;
  limit: number;
  /** Why nothing can be kept at present; null while all is well. */
  problem: SerialisedError | null;
}

interface Entry {
  bytes: number;
  usedAt: number;
}

const extension = '.position';
/** Freed beyond the limit, so that not every position that comes in makes one go. */
const trimmedTo = 0.9;
/** After a failure nothing is written for this long: a full disk is full for every one of fifty positions. */
const pauseMs = 60_000;

export class PositionCache {
  readonly #directory: string;
  readonly #onChange: () => void;
  readonly #now: () => number;
  #limit: number;
  #entries: Promise<Map<string, Entry>> | null = null;
  #bytes = 0;
  #problem: SerialisedError | null = null;
  #pausedUntil = 0;
  /** One at a time, in order: writing and trimming must not overtake each other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string, { limit, onChange = () => {}, now = Date.now }: PositionCacheOptions) {
    this.#directory = directory;
    this.#limit = limit;
    this.#onChange = onChange;
    this.#now = now;
  }

  get state(): PositionCacheState {
    return { bytes: this.#bytes, limit: this.#limit, problem: this.#problem };
  }

  /** Null where there is none, and where there is one that cannot be trusted; that one is removed. Never rejects. */
  async read(key: PositionKey): Promise<CachedPosition | null> {
    if (this.#limit === 0) return null;
    const name = nameOf(key);
    const entries = await this.#known();
    if (!entries.has(name)) return null;
    const path = join(this.#directory, name);
    const position = await readFile(path).then(readPosition, () => null);
    if (position === null || position.t !== key.t) {
      await this.#remove(entries, name);
      return null;
    }
    const usedAt = this.#now();
    entries.get(name)!.usedAt = usedAt;
    // The order of use survives a restart; that it could not be noted harms nobody.
    await utimes(path, usedAt / 1000, usedAt / 1000).catch(() => {});
    return position;
  }

  /** Kept in the background; resolves when it is, or when it is known that it cannot be. Never rejects. */
  write(key: PositionKey, position: CachedPosition): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(nameOf(key), position));
    return this.#writing;
  }

  /** Takes effect at once. Never rejects. */
  async setLimit(limit: number): Promise<void> {
    this.#limit = limit;
    this.#pausedUntil = 0;
    this.#writing = this.#writing.then(() => this.#trim());
    await this.#writing;
    this.#onChange();
  }

  /** Forgets everything that was computed. Never rejects. */
  async clear(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const entries = await this.#known();
      for (const name of [...entries.keys()]) await this.#remove(entries, name);
      this.#pausedUntil = 0;
      this.#problem = null;
    });
    await this.#writing;
    this.#onChange();
  }

  async #write(name: string, position: CachedPosition): Promise<void> {
    if (this.#limit === 0 || this.#now() < this.#pausedUntil) return;
    const entries = await this.#known();
    const path = join(this.#directory, name);
    try {
      const bytes = await writePosition(position);
      if (bytes.length > this.#limit) return;
      // For their owner alone, as every folder of the studio.
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, bytes);
      await rename(`${path}.new`, path);
      this.#bytes += bytes.length - (entries.get(name)?.bytes ?? 0);
      entries.set(name, { bytes: bytes.length, usedAt: this.#now() });
      this.#problem = null;
      await this.#trim();
    } catch (thrown) {
      await rm(`${path}.new`, { force: true }).catch(() => {});
      this.#problem = serialiseError(cacheError(this.#directory, thrown));
      this.#pausedUntil = this.#now() + pauseMs;
    }
    this.#onChange();
  }

  /** What was used longest ago goes first. */
  async #trim(): Promise<void> {
    const entries = await this.#known();
    if (this.#bytes <= this.#limit) return;
    const oldestFirst = [...entries].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [name] of oldestFirst) {
      if (this.#bytes <= this.#limit * trimmedTo) return;
      await this.#remove(entries, name);
    }
  }

  async #remove(entries: Map<string, Entry>, name: string): Promise<void> {
    const entry = entries.get(name);
    if (entry === undefined) return;
    entries.delete(name);
    this.#bytes -= entry.bytes;
    await rm(join(this.#directory, name), { force: true }).catch(() => {});
  }

  #known(): Promise<Map<string, Entry>> {
    this.#entries ??= this.#scan();
    return this.#entries;
  }

  /** What an earlier run left. A directory that cannot be read is an empty one: writing into it will say what is wrong. */
  async #scan(): Promise<Map<string, Entry>> {
    const entries = new Map<string, Entry>();
    const names = await readdir(this.#directory).catch(() => [] as string[]);
    for (const name of names) {
      const path = join(this.#directory, name);
      if (name.endsWith(`${extension}.new`)) await rm(path, { force: true }).catch(() => {});
      if (!name.endsWith(extension)) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || !found.isFile()) continue;
      entries.set(name, { bytes: found.size, usedAt: found.mtimeMs });
      this.#bytes += found.size;
    }
    this.#onChange();
    return entries;
  }
}

function nameOf({ pack, imageId, codes, seed, t }: PositionKey): string {
  const stated = JSON.stringify([pack, imageId, codes, seed, t]);
  return `${createHash('sha256').update(stated).digest('hex')}${extension}`;
}

function cacheError(directory: string, thrown: unknown): StudioError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const full = diskFailureOf(thrown) === 'full';
  return new StudioError(
    full ? 'disk-full' : 'cache-unusable',
    full
      ? 'The disk is full, so pictures of the timeline are not kept for next time.'
      : `Pictures of the timeline are not kept for next time: ${directory} cannot be written${code === '' ? '' : ` (${code})`}.`,
    full
      ? 'Nothing is lost, they are computed again when needed. Free some space, or make the timeline’s cache smaller.'
      : 'Nothing is lost, they are computed again when needed. Make the folder writable, or set the timeline’s cache to 0 MB.',
    { detail: directory, cause: thrown },
  );
}
