/**
 * Huge pictures as an encoder sees them, so that none is decoded and narrowed again for every job it takes part in.
 */
import type { RasterImage } from '../../shared/pictures/images.js';
import { LruCache } from '../../shared/lru-cache.js';
import type { EncoderSize } from '../pictures/narrowing.js';
import type { PictureReader } from '../pictures/picture-tasks.js';

export class SeenPictures {
  readonly #kept: LruCache<RasterImage>;

  /** `bytesKept`: of narrowed pictures; those used last stay. */
  constructor(bytesKept = 64 * 1024 * 1024) {
    this.#kept = new LruCache({ entries: Infinity, bytes: bytesKept }, ({ data }) => data.length);
  }

  /**
   * What an encoder of size `seen` makes the same of as of the picture whose content hash is `imageId` and whose bytes `read` gives; opaque
   * over white when narrowed. Throws what reading and decoding throw.
   */
  async of(
    imageId: string,
    read: () => Uint8Array,
    seen: EncoderSize,
    pictures: PictureReader,
    options?: { signal?: AbortSignal },
  ): Promise<RasterImage> {
    const kept = this.#kept.get(keyOf(imageId, seen));
    if (kept !== undefined) return kept;
    const { image, isNarrow } = await pictures.run('see', { bytes: read(), seen }, options);
    if (isNarrow) this.keep(imageId, image, seen);
    return image;
  }

  /** A picture that was narrowed for another reason. */
  keep(imageId: string, narrow: RasterImage, seen: EncoderSize): void {
    this.#kept.set(keyOf(imageId, seen), narrow);
  }
}

function keyOf(imageId: string, { width, height }: EncoderSize): string {
  return `${imageId} ${width} ${height}`;
}
