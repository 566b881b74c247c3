/**
 * Does the matrix name the tokens that carry an attribute? The truth: one attribute of a scene is changed, the scene is read
 * again, and some tokens differ. Pure.
 */
import { attributeNames, type AttributeName } from '../../src/shared/attributes.js';
import { mean } from '../../src/shared/mean.js';
import { residenceIn, type GroupLosses } from '../../src/shared/attribute-matrix.js';

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
  /** Mean share of the tokens that differ, 0…1. */
  differing: number;
  /**
   * The probability that a token that differs is brighter in the attribute's row than one that does not; 0.5 is chance. Mean
   * over the scenes with both kinds, null without any.
   */
  agreement: number | null;
  /** How often the row names a run, rather than "spread over all", 0…1. */
  named: number;
  /** Of the rows that name a run: mean share of the differing tokens that lie in it, and what chance would put there. */
  inside: number | null;
  byChance: number | null;
}

export function tokenTruth(changes: readonly ChangedScene[]): TokenTruth[] {
  return attributeNames.map((attribute) => {
    const own = changes.filter((change) => change.attribute === attribute);
    const agreements = own.flatMap((change) => agreementOf(change) ?? []);
    const runs = own.flatMap((change) => runOf(change) ?? []);
    return {
      attribute,
      scenes: own.length,
      differing: own.length === 0 ? 0 : mean(own.map(({ before, after }) => differing(before, after).length / before.length)),
      agreement: agreements.length === 0 ? null : mean(agreements),
      named: own.length === 0 ? 0 : runs.length / own.length,
      inside: runs.length === 0 ? null : mean(runs.map(({ inside }) => inside)),
      byChance: runs.length === 0 ? null : mean(runs.map(({ byChance }) => byChance)),
    };
  });
}

export function differing(before: readonly number[], after: readonly number[]): number[] {
  return before.flatMap((code, index) => (code === after[index] ? [] : [index]));
}

/** Area under the ROC curve of the losses; ties count half. Null where all tokens differ, or none. */
function agreementOf({ attribute, before, after, groups }: ChangedScene): number | null {
  const changed = new Set(differing(before, after));
  if (changed.size === 0 || changed.size === before.length) return null;
  const losses = new Array<number>(before.length).fill(0);
  for (const { from, to, losses: lost } of groups) losses.fill(lost[attribute], from, to + 1);
  let sum = 0;
  for (const one of changed) {
    losses.forEach((loss, other) => {
      if (!changed.has(other)) sum += losses[one]! > loss ? 1 : losses[one] === loss ? 0.5 : 0;
    });
  }
  return sum / (changed.size * (before.length - changed.size));
}

function runOf({ attribute, before, after, groups, whole }: ChangedScene): { inside: number; byChance: number } | null {
  const residence = residenceIn(groups, whole, attribute);
  const changed = differing(before, after);
  if (residence?.kind !== 'run' || changed.length === 0) return null;
  const { from, to } = residence.run;
  const inside = changed.filter((index) => index >= from && index <= to).length / changed.length;
  return { inside, byChance: (to - from + 1) / before.length };
}
