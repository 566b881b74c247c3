/**
 * Seeds are whole numbers that a double holds exactly, because other programs draw with more than 32 bits: ComfyUI's go up to
 * 2⁵⁰ when its window chooses them.
 */

/** What a record may hold: the last of several pictures has the asked seed plus its index. */
export const largestSeed = Number.MAX_SAFE_INTEGER;
/** What may be asked for: room for the pictures of one job. */
export const largestAskedSeed = 2 ** 53 - 1024;

/** Whether a picture can be asked for with it. */
export function isSeed(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= largestAskedSeed;
}

/** The digits of any whole number as a seed; null where it cannot be one here. */
export function seedFromText(digits: string): number | null {
  const value = Number(digits);
  return /^\d{1,20}$/.test(digits) && isSeed(value) ? value : null;
}
