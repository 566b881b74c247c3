/**
 * Huge pictures as an encoder sees them, so that none is decoded and narrowed again for every job it takes part in.
 */
import type { RasterImage } from '../../shared/images.js';
import type { EncoderSize } from '../pictures/narrowing.js';
import type { PictureReader } from '../pictures/picture-tasks.js';

export class SeenPictures {
  readonly #kept = new Map<string, RasterImage>();
  readonly #bytesKept: number;

  /** `bytesKept`: of narrowed pictures; those used last stay. */
  constructor(bytesKept = 64 * 1024 * 1024) {
    this.#bytesKept = bytesKept;
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
    const key = keyOf(imageId, seen);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const { image, isNarrow } = await pictures.run('see', { bytes: read(), seen }, options);
    if (isNarrow) this.keep(imageId, image, seen);
    return image;
  }

  /** A picture that was narrowed for another reason. */
  keep(imageId: string, narrow: RasterImage, seen: EncoderSize): void {
    this.#kept.set(keyOf(imageId, seen), narrow);
    this.#trim();
  }

  #trim(): void {
    let bytes = 0;
    for (const { data } of this.#kept.values()) bytes += data.length;
    for (const [key, { data }] of this.#kept) {
      if (bytes <= this.#bytesKept || this.#kept.size === 1) return;
      bytes -= data.length;
      this.#kept.delete(key);
    }
  }
}

function keyOf(imageId: string, { width, height }: EncoderSize): string {
  return `${imageId} ${width} ${height}`;
}
