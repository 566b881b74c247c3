/**
 * What a picture may cost before anything is decoded. A legitimate picture of the largest size stays well below each; a file
 * whose cost is out of proportion to its size does not. docs/security.md holds the same table for every reader.
 */
export const jpegLimits = {
  /** Marker segments: a profile takes up to 255, extended metadata one for every 64 KB. */
  segments: 4096,
  /** Encoders write 1 to about 20. */
  scans: 256,
  /**
   * 8 × 8 blocks of all components together. The decoder holds each as an object of its own, about 570 bytes: 40 megapixels with
   * halved colour have 0.94 million.
   */
  blocks: 1_200_000,
  /** Blocks × coefficients that scans go over, summed over all scans: 160 million for 40 progressive megapixels with halved colour. */
  coefficients: 480_000_000,
} as const;

export const pngLimits = {
  /** Writers that split pixels finely make a few thousand. */
  chunks: 65_536,
} as const;

export const webpLimits = {
  /** An animation has one for each frame, everything else a handful. */
  chunks: 65_536,
} as const;

export const profileLimits = {
  /** Printers' profiles with finely meshed tables reach a few megabytes. */
  bytes: 8 * 1024 * 1024,
  /** Some twenty are usual. */
  tags: 256,
  /** Of a curve: 1024 or 4096 are usual. Turning one round compares each with 4096 values. */
  curvePoints: 16_384,
} as const;

/** Entries of an EXIF block may all point at the same bytes, so what counts is what is read. */
export const exifTextLimits = { bytesPerText: 4 * 1024 * 1024, bytesInAll: 16 * 1024 * 1024 } as const;

/** Of the text chunks looked at; `bytesInAll` counts what was unfolded in vain too. */
export const pngTextLimits = { entries: 64, bytesPerText: 4 * 1024 * 1024, bytesInAll: 16 * 1024 * 1024 } as const;
