/** Files made for a window that can only download: each has an address that works once, and none outlives the studio. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../storage/database/folders.js';
import { writingError } from '../storage/database/storage-errors.js';

export interface Download {
  path: string;
  fileName: string;
}

const waitMs = 10 * 60 * 1000;
const address = /^\/downloads\/([0-9a-f-]{36})\/[^/]*$/;

export class Downloads {
  readonly #folder: string;
  readonly #waiting = new Map<string, Download & { timer: NodeJS.Timeout }>();

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'downloads');
    this.#clear();
  }

  /**
   * `make` writes the file. Returns its address; nobody fetching it for ten minutes removes it. Throws `disk-full`,
   * `place-unwritable`, and what `make` throws.
   */
  offer(fileName: string, make: (path: string) => void): string {
    try {
      makeFolder(this.#folder);
    } catch (error) {
      throw writingError(this.#folder, error, 'the copy was not written');
    }
    const id = randomUUID();
    const path = join(this.#folder, id);
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
    this.#clear();
  }

  /** Also of what a run that was killed left behind; on a disk that may not be written it stays. */
  #clear(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
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
