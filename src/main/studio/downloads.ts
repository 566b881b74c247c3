/**
 * Files made for a window that can only download: each has an address that works once, and none outlives the studio that made it.
 * Each studio has a folder of its own, so that none removes what another one offers.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../storage/database/folders.js';
import { takeLease, type Lease } from '../storage/database/lease.js';
import { writingError } from '../storage/database/storage-errors.js';

export interface Download {
  path: string;
  fileName: string;
}

const leaseEnding = '.lease';
const waitMs = 10 * 60 * 1000;
const address = /^\/downloads\/([0-9a-f-]{36})\/[^/]*$/;

export class Downloads {
  /** Of all studios. */
  readonly #shared: string;
  /** Made with the first file; the lease tells other studios that its maker is there. */
  #own: { folder: string; lease: Lease } | null = null;
  readonly #waiting = new Map<string, Download & { timer: NodeJS.Timeout }>();

  constructor(dataDirectory: string) {
    this.#shared = join(dataDirectory, 'downloads');
    this.#sweep();
  }

  /**
   * `make` writes the file. Returns its address; nobody fetching it for ten minutes removes it. Throws `disk-full`,
   * `place-unwritable`, and what `make` throws.
   */
  offer(fileName: string, make: (path: string) => void): string {
    const id = randomUUID();
    const path = join(this.#folder(), id);
    make(path);
    const timer = setTimeout(() => this.#drop(id), waitMs).unref();
    this.#waiting.set(id, { path, fileName, timer });
    return `/downloads/${id}/${encodeURIComponent(fileName)}`;
  }

  /** The file behind an address, which no longer works from now on; the taker removes it. Null for any other path. */
  take(path: string): Download | null {
    const id = address.exec(path)?.[1];
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return null;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    return { path: waiting.path, fileName: waiting.fileName };
  }

  close(): void {
    for (const id of [...this.#waiting.keys()]) this.#drop(id);
    if (this.#own !== null) remove(this.#own.folder, this.#own.lease);
    this.#own = null;
  }

  #folder(): string {
    try {
      if (this.#own === null) {
        const folder = join(this.#shared, randomUUID());
        const lease = takeLease(`${folder}${leaseEnding}`);
        if (lease === null) throw new Error('Somebody else holds a lease that is new.');
        this.#own = { folder, lease };
      }
      makeFolder(this.#own.folder);
      return this.#own.folder;
    } catch (error) {
      throw writingError(this.#shared, error, 'the copy was not written');
    }
  }

  /** What a studio that was killed left behind; on a disk that may not be written it stays. */
  #sweep(): void {
    try {
      for (const name of existsSync(this.#shared) ? readdirSync(this.#shared) : []) {
        if (!name.endsWith(leaseEnding)) continue;
        const lease = takeLease(join(this.#shared, name));
        if (lease !== null) remove(join(this.#shared, name.slice(0, -leaseEnding.length)), lease);
      }
    } catch (error) {
      console.warn('Downloads could not be removed:', error);
    }
  }

  #drop(id: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    rmSync(waiting.path, { force: true });
  }
}

function remove(folder: string, lease: Lease): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    lease.release();
    rmSync(`${folder}${leaseEnding}`, { force: true });
  } catch (error) {
    console.warn('Downloads could not be removed:', error);
  }
}
