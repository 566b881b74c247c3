/**
 * Pictures as an encoder sees them: cropped around the centre and resized to a few hundred pixels. A huge one is decoded and
 * narrowed once, and not again for every job it takes part in, during which all windows would wait.
 */
import type { RasterImage } from '../../shared/images.js';
import { readPlanar, writePlanar } from '../engine/model/pixels.js';
import { decodeImage } from '../storage/images/images.js';

/** Narrowed to this many times the encoder's size per side: rounding to bytes then costs less than half a level of 255. */
const oversampling = 4;
/** Only pictures with at least this many times the encoder's size per side are worth it. */
const huge = 8;
const bytesRange = [0, 255] as const;

export class SeenPictures {
  readonly #kept = new Map<string, RasterImage>();
  readonly #decode: (bytes: Uint8Array) => RasterImage;

  readonly #bytesKept: number;

  /** `bytesKept`: of narrowed pictures; those used last stay. */
  constructor(decode: (bytes: Uint8Array) => RasterImage = decodeImage, bytesKept = 64 * 1024 * 1024) {
    this.#decode = decode;
    this.#bytesKept = bytesKept;
  }

  /**
   * What an encoder of size `seen` makes the same of as of the picture whose content hash is `imageId` and whose bytes `read` gives; opaque
   * over white when narrowed. Throws what reading and decoding throw.
   */
  of(imageId: string, read: () => Uint8Array, seen: { width: number; height: number }): RasterImage {
    const key = keyOf(imageId, seen);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const image = this.#decode(read());
    return this.keep(imageId, image, seen) ?? image;
  }

  /** A picture that is decoded already: keeps a huge one narrowed, and answers with it; null for any other. */
  keep(imageId: string, image: RasterImage, seen: { width: number; height: number }): RasterImage | null {
    if (image.width < huge * seen.width || image.height < huge * seen.height) return null;
    const [width, height] = [oversampling * seen.width, oversampling * seen.height];
    const planar = new Float32Array(3 * width * height);
    writePlanar(image, width, height, bytesRange, planar);
    const narrowed = readPlanar(planar, 0, width, height, bytesRange);
    this.#kept.set(keyOf(imageId, seen), narrowed);
    this.#trim();
    return narrowed;
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

function keyOf(imageId: string, { width, height }: { width: number; height: number }): string {
  return `${imageId} ${width} ${height}`;
}
