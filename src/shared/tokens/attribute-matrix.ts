/** Token × attribute: how much of each attribute is gone without each group of tokens, and where an attribute lives. Pure. */
import { attributeNames, type AttributeName, type AttributeShares } from './attributes.js';
import type { TokenRange } from './tokens.js';

export interface GroupLosses extends TokenRange {
  losses: AttributeShares;
}

/** A run that carries this share of what all groups lose one by one is held to be where an attribute lives … */
const carried = 0.6;
/** … as long as it has no more than this share of the tokens … */
const mostTokens = 0.5;
/** … and this much of the attribute is really gone when all of the run is hidden. */
export const leastLost = 0.5;
/** Where no group by itself takes more of an attribute than this, the others stand in for each. */
const leastSeen = 0.02;
/** A group stands out of its row where it takes this many times what the middle one takes … */
export const standsOutBy = 3;
/** … and enough to be seen at all. */
export const leastOutstanding = 0.005;

/**
 * The shortest run of neighbouring groups that carries an attribute, the strongest one among them, by what is lost without each
 * of them; null where none that is short enough does. `groups` in any order, without gaps.
 */
export function carryingRun(groups: readonly GroupLosses[], name: AttributeName): TokenRange | null {
  const sorted = groups.toSorted((a, b) => a.from - b.from);
  const losses = sorted.map((group) => group.losses[name]);
  const total = losses.reduce((sum, loss) => sum + loss, 0);
  const last = sorted.at(-1);
  const strongest = Math.max(...losses);
  if (last === undefined || strongest < leastSeen) return null;
  const most = mostTokens * (last.to + 1);
  const peak = losses.lastIndexOf(strongest);
  let best: TokenRange | null = null;
  for (let first = 0, end = 0, sum = 0; first <= peak; sum -= losses[first++]!) {
    while (end < sorted.length && (sum < carried * total || end <= peak)) sum += losses[end++]!;
    if (sum < carried * total) break;
    const run = { from: sorted[first]!.from, to: sorted[end - 1]!.to };
    if (best === null || run.to - run.from < best.to - best.from) best = run;
  }
  return best !== null && best.to - best.from + 1 <= most ? best : null;
}

/** The strongest group of an attribute's row, where it is plainly brighter than the others are; of equal ones the coarsest. */
export function outstandingGroup(groups: readonly GroupLosses[], name: AttributeName): GroupLosses | null {
  const ascending = groups.toSorted((a, b) => a.losses[name] - b.losses[name] || a.from - b.from);
  const [middle, strongest] = [ascending[ascending.length >> 1], ascending.at(-1)];
  if (middle === undefined || strongest === undefined) return null;
  const loss = strongest.losses[name];
  return loss >= leastOutstanding && loss >= standsOutBy * middle.losses[name] ? strongest : null;
}

/** The runs to hide whole, each once: what `carryingRun` names has to be true of the run, not of its tokens one by one. */
export function runsToHide(groups: readonly GroupLosses[]): TokenRange[] {
  const runs = attributeNames.flatMap((name) => carryingRun(groups, name) ?? []);
  return runs.filter((run, at) => runs.findIndex(({ from, to }) => from === run.from && to === run.to) === at);
}

/**
 * Where an attribute lives: a `run`, with the share that is gone without it; a `peak`: no run, but one group is plainly brighter than
 * the others, with the share that is gone without it; `spread` over all; `shared`: so many times over that no group by itself is missed.
 * What is named always holds the brightest cell of the row, and the last two name none because none stands out.
 */
export type Residence =
  { kind: 'run' | 'peak'; run: TokenRange; lost: number } | { kind: 'spread' } | { kind: 'shared' };

/** The tokens a row's end names; null where it names none. */
export function namedRun(residence: Residence | null): TokenRange | null {
  return residence?.kind === 'run' || residence?.kind === 'peak' ? residence.run : null;
}

export interface MatrixRow {
  name: AttributeName;
  /** As the groups, coarse first; the share lost without each. */
  losses: number[];
  residence: Residence | null;
}

/**
 * One row an attribute. `groups`: every token or group by itself; `whole`: their runs, each hidden as a whole; `complete`:
 * whether all groups are in.
 */
export function matrixRows(
  groups: readonly GroupLosses[],
  whole: readonly GroupLosses[],
  complete: boolean,
): MatrixRow[] {
  const coarseFirst = groups.toSorted((a, b) => b.from - a.from);
  return attributeNames.map((name) => ({
    name,
    losses: coarseFirst.map(({ losses }) => losses[name]),
    residence: complete ? residenceIn(groups, whole, name) : null,
  }));
}

/** Of measured groups; null while the run that may be named was not hidden whole. */
export function residenceIn(
  groups: readonly GroupLosses[],
  whole: readonly GroupLosses[],
  name: AttributeName,
): Residence | null {
  const run = carryingRun(groups, name);
  if (run !== null) {
    const hidden = whole.find(({ from, to }) => from === run.from && to === run.to);
    if (hidden === undefined) return null;
    const lost = hidden.losses[name];
    if (lost >= leastLost) return { kind: 'run', run, lost };
  }
  const peak = outstandingGroup(groups, name);
  if (peak !== null) return { kind: 'peak', run: { from: peak.from, to: peak.to }, lost: peak.losses[name] };
  return { kind: groups.every(({ losses }) => losses[name] < leastSeen) ? 'shared' : 'spread' };
}
