/** From single tokens' maps of change to what the panel shows: heat of a range, and the ranges behind a place. Pure. */
import { influenceAt, influencesAtPlace, type GroupInfluence } from '../../../../shared/tokens/influence.js';
import type { TokenRange } from '../../../../shared/tokens/tokens.js';

export function missingGroups(groups: readonly TokenRange[], known: readonly TokenRange[]): TokenRange[] {
  return groups.filter(({ from, to }) => !known.some((group) => group.from === from && group.to === to));
}

export function overlaps(a: TokenRange, b: TokenRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** [height · width] sums of change, row by row; `largest` is the greatest of them, `complete` whether all tokens are in. */
export interface Heat {
  width: number;
  height: number;
  values: Float32Array;
  largest: number;
  complete: boolean;
}

/** The maps of every measured group that touches the range, added up; null while none of them is there. */
export function heatOf(groups: readonly GroupInfluence[], range: TokenRange): Heat | null {
  const touched = groups.filter((group) => overlaps(group, range));
  const first = touched[0];
  if (first === undefined) return null;
  const { width, height } = first.map;
  const values = new Float32Array(width * height);
  let largest = 0;
  for (let cell = 0; cell < values.length; cell++) {
    for (const { map } of touched) values[cell]! += influenceAt(map, cell % width, Math.floor(cell / width));
    largest = Math.max(largest, values[cell]!);
  }
  let covered = 0;
  for (const { from, to } of touched) covered += Math.min(to, range.to) - Math.max(from, range.from) + 1;
  return { width, height, values, largest, complete: covered === range.to - range.from + 1 };
}

/** Shares of the image side, 0…1: x to the right, y down. */
export interface Place {
  x: number;
  y: number;
}

/** A run of neighbouring tokens and its share of everything that changes at a place, 0…1. */
export interface RangeShare extends TokenRange {
  share: number;
}

/** A share below this is left out: nobody can see it. */
const smallestShare = 0.02;
/** Half the width of what a person points at. */
const pointRadius = 0.045;

/**
 * The token ranges a place depends on most, strongest first. Neighbours among the strong ones become one range, as a person
 * would name them. The `chosen` range is listed too, however weak a finer measurement finds it.
 */
export function rangesAtPlace(
  groups: readonly GroupInfluence[],
  { x, y }: Place,
  chosen: TokenRange | null = null,
  most = 5,
): RangeShare[] {
  const strong = influencesAtPlace(groups, x, y, pointRadius).filter(({ share }) => share >= smallestShare);
  const shares = strong.slice(0, 2 * most).sort((a, b) => a.from - b.from);
  const ranges: RangeShare[] = [];
  for (const { from, to, share } of shares) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to + 1 === from) {
      last.to = to;
      last.share += share;
    } else ranges.push({ from, to, share });
  }
  const found = ranges.sort((a, b) => b.share - a.share).slice(0, most);
  if (groups.length === 0 || chosen === null || found.some((range) => overlaps(range, chosen))) return found;
  let share = 0;
  for (const [index, one] of sharesAtPlace(groups, { x, y }))
    if (chosen.from <= index && index <= chosen.to) share += one;
  return [...found, { from: chosen.from, to: chosen.to, share }];
}

/** Every measured token's share at a place, for marks in the strip: token index → 0…1. */
export function sharesAtPlace(groups: readonly GroupInfluence[], { x, y }: Place): Map<number, number> {
  const shares = new Map<number, number>();
  for (const { from, to, share } of influencesAtPlace(groups, x, y, pointRadius))
    for (let index = from; index <= to; index++) shares.set(index, share / (to - from + 1));
  return shares;
}
