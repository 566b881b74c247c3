/** Where tokens show in the picture: maps of change, and the way back from a place to the tokens. Pure. */
import type { TokenRange } from './tokens.js';

/** Runs of neighbours that are measured one by one: more would be narrower on the screen than can be pointed at. */
const mostGroups = 96;

/** Every token by itself, or `most` runs of neighbours as equal as `count` allows. Coarse first, as people ask. */
export function tokenGroups(count: number, most = mostGroups): TokenRange[] {
  const groups = Math.min(count, most);
  return Array.from({ length: groups }, (_, index) => ({
    from: Math.floor((index * count) / groups),
    to: Math.floor(((index + 1) * count) / groups) - 1,
  })).reverse();
}

/** The groups that a run touches, as one run of whole groups; null where it touches none. `groups`: coarse first, without gaps. */
export function wholeGroups(groups: readonly TokenRange[], { from, to }: TokenRange): TokenRange | null {
  const touched = groups.filter((group) => group.from <= to && group.to >= from);
  const [coarsest, finest] = [touched[0], touched.at(-1)];
  return coarsest === undefined || finest === undefined ? null : { from: finest.from, to: coarsest.to };
}

/**
 * The change of every place of the picture, row by row from the top left: `data / 255 * scale` is the mean absolute
 * difference over the channels, 0…1. Quantised by its own largest value, so that weak maps keep their shape.
 */
export interface InfluenceMap {
  width: number;
  height: number;
  scale: number;
  data: Uint8Array;
}

/** `values` [height · width], 0…1. */
export function influenceMap(values: ArrayLike<number>, width: number, height: number): InfluenceMap {
  let scale = 0;
  for (let index = 0; index < values.length; index++) scale = Math.max(scale, values[index]!);
  const data = new Uint8Array(width * height);
  if (scale > 0)
    for (let index = 0; index < data.length; index++) data[index] = Math.round((values[index]! / scale) * 255);
  return { width, height, scale, data };
}

/** The change at one cell, 0…1; outside the map 0. */
export function influenceAt({ width, height, scale, data }: InfluenceMap, column: number, row: number): number {
  if (column < 0 || row < 0 || column >= width || row >= height) return 0;
  return (data[row * width + column]! / 255) * scale;
}

/** A group of tokens and its map, as the ablation reports it. */
export interface GroupInfluence {
  from: number;
  to: number;
  map: InfluenceMap;
}

export interface PlaceInfluence {
  from: number;
  to: number;
  /** Mean absolute change at that place without the group, 0…1. */
  change: number;
  /** `change` as a share of all groups' changes there, 0…1; they add up to 1 where anything changes. */
  share: number;
}

/**
 * Which tokens a place depends on: (x, y) in shares of the image side, 0…1. Groups by falling change, ties coarse first.
 * `radius` widens the place to a disc, in shares of the image side.
 */
export function influencesAtPlace(
  groups: readonly GroupInfluence[],
  x: number,
  y: number,
  radius = 0,
): PlaceInfluence[] {
  const changes = groups.map(({ from, to, map }) => ({ from, to, change: meanAround(map, x, y, radius) }));
  const sum = changes.reduce((total, { change }) => total + change, 0);
  return changes
    .map((entry) => ({ ...entry, share: sum > 0 ? entry.change / sum : 0 }))
    .sort((a, b) => b.change - a.change || b.from - a.from);
}

function meanAround(map: InfluenceMap, x: number, y: number, radius: number): number {
  const { width, height } = map;
  const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y * height)));
  const acrossCells = Math.floor(radius * width);
  const downCells = Math.floor(radius * height);
  let sum = 0;
  let cells = 0;
  for (let r = Math.max(0, row - downCells); r <= Math.min(height - 1, row + downCells); r++) {
    for (let c = Math.max(0, column - acrossCells); c <= Math.min(width - 1, column + acrossCells); c++) {
      const outside = Math.hypot((c - column) / (acrossCells || 1), (r - row) / (downCells || 1)) > 1;
      if (outside) continue;
      sum += influenceAt(map, c, r);
      cells += 1;
    }
  }
  return sum / cells;
}
