/** What reading one picture may take beyond the bounds of its bytes (storage/images/limits.ts); docs/security.md has the whole table. */
export const pictureBudget = {
  /** From its turn to its end. The largest picture takes a few seconds on a slow machine. */
  milliseconds: 60_000,
  /** Of objects in one worker, without the pixels themselves. */
  heapMegabytes: 768,
  /** A worker without work ends after this, and its memory with it. */
  idleMilliseconds: 5_000,
  /** Pictures with more pixels wait for each other, so that only one is in memory; smaller ones go past them. */
  smallPixels: 4_000_000,
} as const;

export type PictureBudget = { [Name in keyof typeof pictureBudget]: number };
