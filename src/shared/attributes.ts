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

/** A point of a lane: `t` 0…1 and the share there. */
export interface LanePoint {
  t: number;
  share: number;
}

/**
 * Where a lane locks in on the way from noise to the picture: the largest `t` from which on, down to 0, the share never
 * falls below `threshold`. Null when even the smallest `t` is below it, or there is no point.
 */
export function lockInTimestep(points: readonly LanePoint[], threshold: number): number | null {
  const ascending = points.toSorted((a, b) => a.t - b.t);
  const firstBelow = ascending.findIndex(({ share }) => share < threshold);
  const last = firstBelow === -1 ? ascending.length - 1 : firstBelow - 1;
  return ascending[last]?.t ?? null;
}
