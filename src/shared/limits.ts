/**
 * How far the values may go that cross a boundary. The window, the command line, the messages, the project file and the record in a
 * picture's file all hold to these, so that what one of them makes every other one accepts. Settings have theirs in `settings.ts`.
 */

/** Both ends included. */
export interface Range {
  smallest: number;
  largest: number;
}

/**
 * Seeds are whole numbers that a double holds exactly, because other programs draw with more than 32 bits: ComfyUI's go up to 2⁵⁰ when
 * its window chooses them. What may be asked for leaves room for the pictures of one job: picture i has the asked seed plus i.
 */
export const seedLimits = { smallest: 0, largest: 2 ** 53 - 1024 } as const satisfies Range;
/** What a picture may have been made with. */
export const madeSeedLimits = { smallest: 0, largest: Number.MAX_SAFE_INTEGER } as const satisfies Range;

/** Pictures of one run. */
export const variationLimits = { smallest: 1, largest: 16 } as const satisfies Range;

/** Characters (UTF-16 units) of texts. */
export const textLimits = {
  /** A prompt, an instruction, a question, a plan, the name of a frame. */
  prompt: 2000,
  /** A description, an answer. */
  text: 20_000,
  /** A project, a pack (`name@version`), a label. */
  name: 200,
  fileName: 400,
  id: 100,
} as const;

/** Of a sequence of tokens and what is asked about it. */
export const tokenLimits = { count: 65_536, code: 0x7fff_ffff, positions: 4096, groups: 4096 } as const;

/** Of a document and of one transaction. */
export const documentLimits = { frames: 10_000, operations: 10_000, answers: 1000 } as const;

/** Of what a window says in one call: values inside each other (a transaction needs a dozen) and in all, pixels of an image being one. */
export const messageLimits = { depth: 32, values: 1_000_000 } as const;

/** Bytes the timeline may keep on disk. */
export const timelineCacheLimit = 64 * 1024 ** 3;

/** The nearest whole number in the range. */
export function nearestWhole(value: number, { smallest, largest }: Range): number {
  return Math.min(largest, Math.max(smallest, Math.round(value)));
}

export function isWholeWithin(value: unknown, { smallest, largest }: Range): value is number {
  return Number.isInteger(value) && (value as number) >= smallest && (value as number) <= largest;
}

/** The digits of any whole number as a seed that can be asked for; null where it cannot. */
export function seedFromText(digits: string): number | null {
  const value = Number(digits);
  return /^\d{1,20}$/.test(digits) && isWholeWithin(value, seedLimits) ? value : null;
}
