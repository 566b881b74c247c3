/** Thumbnails, made once and kept by size. A cache: what is damaged or missing is made again from the picture itself. */
import { crc32 } from 'node:zlib';
import { thumbnailSizes, type ThumbnailSize } from '../../../shared/contract/gallery.js';
import type { Database } from '../database/database.js';
import { openRebuildable } from '../database/rebuildable.js';
import { readImageHeader } from '../images/image-header.js';

const version = 1;
const schema = `
  CREATE TABLE thumbnails (
    image_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- 1: it is the picture itself, which is no larger, and so its thumbnail at every larger size too.
    whole INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (image_id, size)
  ) STRICT`;

/** PNG bytes of at most `side` pixels a side, made of a picture's own; rejects when it cannot be decoded. */
export type ThumbnailMaker = (bytes: Uint8Array, side: number) => Promise<Uint8Array>;

export class Thumbnails {
  readonly #database: Database;
  /** Those being made, so that nobody makes one twice. */
  readonly #making = new Map<string, Promise<Uint8Array | null>>();
  /** Why they are not on the disk; null when they are. */
  readonly failure: Error | null;

  constructor(path: string) {
    const { database, failure } = openRebuildable(path, version, schema);
    this.#database = database;
    this.failure = failure;
  }

  /**
   * PNG bytes that fit a square of `size` pixels; `original` is asked for the picture's own PNG bytes only when there is
   * no good thumbnail yet. Null when there is no such picture, or it cannot be decoded.
   */
  async read(
    imageId: string,
    size: ThumbnailSize,
    original: () => Uint8Array | null,
    make: ThumbnailMaker,
  ): Promise<Uint8Array | null> {
    const known = this.#stored(imageId, size);
    if (known !== null) return known;
    const key = `${imageId} ${size}`;
    const making = this.#making.get(key) ?? this.#make(imageId, size, original, make);
    this.#making.set(key, making);
    return making.finally(() => this.#making.delete(key));
  }

  async #make(
    imageId: string,
    size: ThumbnailSize,
    original: () => Uint8Array | null,
    make: ThumbnailMaker,
  ): Promise<Uint8Array | null> {
    const bytes = original();
    if (bytes === null) return null;
    try {
      const { width, height } = readImageHeader(bytes);
      const longest = Math.max(width, height);
      const whole = longest <= size;
      const kept = thumbnailSizes.find((one) => longest <= one);
      const thumbnail = whole ? bytes : await make(bytes, size);
      this.#store(imageId, whole && kept !== undefined ? kept : size, whole, thumbnail);
      return thumbnail;
    } catch {
      return null;
    }
  }

  forget(imageIds: readonly string[]): void {
    try {
      for (const id of imageIds) this.#database.run('DELETE FROM thumbnails WHERE image_id = ?', id);
    } catch (error) {
      // Nobody looks at them any more, and they say nothing that the pictures did not.
      console.warn('Thumbnails could not be removed:', error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #stored(imageId: string, size: ThumbnailSize): Uint8Array | null {
    try {
      const row = this.#database.get<{ checksum: number; bytes: Uint8Array }>(
        `SELECT checksum, bytes FROM thumbnails
           WHERE image_id = ?1 AND (size = ?2 OR (whole = 1 AND size < ?2)) ORDER BY size DESC`,
        ...[imageId, size],
      );
      return row !== undefined && crc32(row.bytes) === row.checksum ? row.bytes : null;
    } catch {
      return null;
    }
  }

  #store(imageId: string, size: ThumbnailSize, whole: boolean, bytes: Uint8Array): void {
    try {
      this.#database.run(
        'INSERT OR REPLACE INTO thumbnails (image_id, size, whole, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
        ...[imageId, size, Number(whole), crc32(bytes), bytes],
      );
    } catch {
      // A full disk costs the next look some time, nothing else.
    }
  }
}
