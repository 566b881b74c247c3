/**
 * Does the matrix name the tokens that carry an attribute? The truth: one attribute of a scene is changed, the scene is read
 * again, and its tokens move, some far and some hardly. Pure.
 */
import { attributeNames, type AttributeName } from '../../src/shared/tokens/attributes.js';
import { mean } from '../../src/shared/mean.js';
import { residenceIn, type GroupLosses } from '../../src/shared/tokens/attribute-matrix.js';

/** One scene and one change of it. */
export interface ChangedScene {
  attribute: AttributeName;
  /** Codes of the scene and of its copy, by token index. */
  before: readonly number[];
  after: readonly number[];
  /** Of the scene: every group by itself, and the runs that its matrix hides whole. */
  groups: readonly GroupLosses[];
  whole: readonly GroupLosses[];
}

export interface TokenTruth {
  attribute: AttributeName;
  scenes: number;
  /** How far a token moves, mean over tokens and scenes; 0 = stays, 1 = from one end of every channel to the other. */
  moved: number;
  /** The same of each eighth of the tokens, the coarsest first; empty without scenes. */
  movedAlong: number[];
  /** Mean share of the tokens that get another code at all, 0…1. */
  differing: number;
  /**
   * Rank correlation, −1…1, over the tokens: the attribute's row against how far they move, both averaged over scenes. 0 is
   * chance; null where either is the same for all tokens.
   */
  agreement: number | null;
  /** The same row against how far they move when one of the other attributes is changed; mean of the four. */
  withOthers: number | null;
  /** As `agreement` within one scene; mean over the scenes. */
  inOne: number | null;
  /** How often the row names a run, 0…1. */
  named: number;
  /** Of the rows that name a run: mean share of all movement that lies in it, and what chance would put there. */
  inside: number | null;
  byChance: number | null;
}

const eighths = 8;

/** `levels`: of every channel of the pack's quantiser, the first counting ones. */
export function tokenTruth(changes: readonly ChangedScene[], levels: readonly number[]): TokenTruth[] {
  const measured = changes.map((change) => ({
    ...change,
    distances: change.before.map((code, index) => levelDistance(code, change.after[index]!, levels)),
  }));
  const far = new Map(
    attributeNames.map((name) => [
      name,
      meanOfEach(measured.filter(({ attribute }) => attribute === name).map(({ distances }) => distances)),
    ]),
  );
  return attributeNames.map((attribute) => {
    const own = measured.filter((change) => change.attribute === attribute);
    const rows = own.map((change) => rowOf(change));
    const row = meanOfEach(rows);
    const others = attributeNames.filter((name) => name !== attribute);
    const runs = own.flatMap((change) => runOf(change) ?? []);
    return {
      attribute,
      scenes: own.length,
      moved: own.length === 0 ? 0 : mean(far.get(attribute)!),
      movedAlong: along(far.get(attribute)!),
      differing: own.length === 0 ? 0 : mean(own.map(({ before, after }) => differing(before, after))),
      agreement: rankCorrelation(row, far.get(attribute)!),
      withOthers: meanOrNull(others.map((name) => rankCorrelation(row, far.get(name)!))),
      inOne: meanOrNull(own.map(({ distances }, at) => rankCorrelation(rows[at]!, distances))),
      named: own.length === 0 ? 0 : runs.length / own.length,
      inside: meanOrNull(runs.map(({ inside }) => inside)),
      byChance: meanOrNull(runs.map(({ byChance }) => byChance)),
    };
  });
}

/** How far apart two codes of a finite scalar quantiser are: mean over its channels of the way from one end to the other. */
export function levelDistance(one: number, other: number, levels: readonly number[]): number {
  let sum = 0;
  for (let channel = 0, place = 1; channel < levels.length; place *= levels[channel++]!) {
    const level = (code: number) => Math.floor(code / place) % levels[channel]!;
    sum += Math.abs(level(one) - level(other)) / (levels[channel]! - 1);
  }
  return sum / levels.length;
}

/** Spearman's: of the ranks, equal values sharing theirs. Null where one of the two says nothing, being the same everywhere. */
export function rankCorrelation(one: readonly number[], other: readonly number[]): number | null {
  const [a, b] = [ranks(one), ranks(other)];
  const middle = (a.length + 1) / 2;
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, rank, at) => sum + (rank - middle) * (y[at]! - middle), 0);
  const spread = Math.sqrt(product(a, a) * product(b, b));
  return spread === 0 || one.length !== other.length ? null : product(a, b) / spread;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length).fill(0);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) result[order[at]!] = (from + 1 + to) / 2;
  }
  return result;
}

/** Means over eighths of the tokens, coarse first. */
function along(byToken: readonly number[]): number[] {
  const parts = Math.min(eighths, byToken.length);
  const edge = (part: number) => Math.round((part * byToken.length) / parts);
  return Array.from({ length: parts }, (_, part) => mean(byToken.slice(edge(part), edge(part + 1)))).reverse();
}

/** What the attribute's row says of each token; a group speaks for all of its own. */
function rowOf({ attribute, before, groups }: ChangedScene): number[] {
  const row = new Array<number>(before.length).fill(0);
  for (const { from, to, losses } of groups) row.fill(losses[attribute], from, to + 1);
  return row;
}

function differing(before: readonly number[], after: readonly number[]): number {
  return before.filter((code, index) => code !== after[index]).length / before.length;
}

function runOf(change: ChangedScene & { distances: number[] }): { inside: number; byChance: number } | null {
  const residence = residenceIn(change.groups, change.whole, change.attribute);
  const total = change.distances.reduce((sum, distance) => sum + distance, 0);
  if (residence?.kind !== 'run' || total === 0) return null;
  const { from, to } = residence.run;
  const inside = change.distances.slice(from, to + 1).reduce((sum, distance) => sum + distance, 0) / total;
  return { inside, byChance: (to - from + 1) / change.before.length };
}

/** Token by token; empty for none. */
function meanOfEach(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, index) => mean(rows.map((row) => row[index]!)));
}

function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
