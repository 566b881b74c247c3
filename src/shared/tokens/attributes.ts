/** The attributes the timeline draws as lanes, and what a pack's probe reads in a picture. Measures: docs/attributes.md. */

/** Coarse to fine, as the lanes stand below each other. */
export const attributeNames = ['background', 'layout', 'colour', 'shape', 'texture'] as const;
export type AttributeName = (typeof attributeNames)[number];

/** 0 = as far from the picture as x0Hat of pure noise without tokens, 1 = identical. */
export type AttributeShares = Record<AttributeName, number>;

/** An object the probe found; `x` to the right and `y` down in shares of the image side, `confidence` 0…1. */
export interface ReadObject {
  kind: string;
  colour: string;
  texture: string;
  size: string;
  /** One of the nine places from "top left" to "bottom right". */
  cell: string;
  x: number;
  y: number;
  confidence: number;
}

export interface ImageReading {
  background: { kind: string; colours: string[]; confidence: number };
  /** Most confident first. */
  objects: ReadObject[];
}

/** What a language model says a picture shows, word for word. */
export interface CaptionReading {
  words: readonly CaptionWord[];
  /** Geometric mean of the probabilities of the words, 0…1; without words, the probability of saying nothing. */
  confidence: number;
}

export interface CaptionWord {
  text: string;
  /** Product over the pieces the word was written in, 0…1. */
  probability: number;
}

export function captionText({ words }: CaptionReading): string {
  return words.map(({ text }) => text).join(' ');
}

/** A point of a lane: `t` 0…1 and the share there. */
export interface LanePoint {
  t: number;
  share: number;
}

/** A lane locks in where its share reaches this … */
export const lockInShare = 0.9;
/** … and holds this from there on: measures waver, and near t = 0 a decoder is asked for what it hardly saw in training. */
export const lockInHold = 0.85;

/**
 * Where a lane locks in on the way from noise to the picture: the largest t at which its share reaches `reached`, and from
 * which on, down to 0, no share falls below `held`. Null when there is none above t = 0, where nothing is left to restore.
 */
export function lockInTimestep(
  points: readonly LanePoint[],
  reached: number = lockInShare,
  held: number = lockInHold,
): number | null {
  let found: number | null = null;
  for (const { t, share } of points.toSorted((a, b) => a.t - b.t)) {
    if (share < held) break;
    if (share >= reached && t > 0) found = t;
  }
  return found;
}
