/** Arithmetic on token sequences of one pack: moving tokens from one image into another, and comparing. Pure. */
import { StudioError } from '../errors.js';
import type { TokenRange } from './tokens.js';

/** From which end a counterfactual replaces tokens first: the coarse one (index K-1) or the fine one (index 0). */
export type TransplantDirection = 'coarse-first' | 'fine-first';

/** `a` with the tokens from…to, both included, of `b`. Throws `tokens-invalid` for unlike lengths or a range outside them. */
export function transplant(a: readonly number[], b: readonly number[], { from, to }: TokenRange): number[] {
  checkLengths(a, b);
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to >= a.length) {
    throw new StudioError(
      'tokens-invalid',
      `There are no tokens ${from} to ${to}; these sequences run from 0 to ${a.length - 1}.`,
      'Choose a range inside that, its lower end first.',
    );
  }
  return a.map((code, index) => (index >= from && index <= to ? b[index]! : code));
}

/** The range of `count` tokens at one end of a sequence of K; null for none. */
export function rangeAtEnd(length: number, count: number, direction: TransplantDirection): TokenRange | null {
  if (count <= 0) return null;
  return direction === 'coarse-first'
    ? { from: Math.max(0, length - count), to: length - 1 }
    : { from: 0, to: Math.min(length, count) - 1 };
}

export interface CounterfactualStep {
  /** How many tokens are `b`'s; rises from 0 to K. */
  replaced: number;
  codes: number[];
}

/**
 * The paper's counterfactual sheet (DDT-LLaMA, arXiv 2504.14666): from `a` to `b` in `steps` equal strides, `steps` + 1
 * sequences with both ends. `steps` ≥ 1; with more steps than tokens some neighbours are alike.
 */
export function counterfactualSheet(
  a: readonly number[],
  b: readonly number[],
  steps: number,
  direction: TransplantDirection,
): CounterfactualStep[] {
  checkLengths(a, b);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const replaced = Math.round((step * a.length) / steps);
    const range = rangeAtEnd(a.length, replaced, direction);
    return { replaced, codes: range === null ? [...a] : transplant(a, b, range) };
  });
}

export interface TokenDifference {
  /** Indices whose codes differ, ascending. */
  changed: number[];
  /** Runs of `changed` neighbours. */
  ranges: TokenRange[];
  /** Share of the tokens that differ, 0…1. */
  share: number;
}

/** Throws `tokens-invalid` for unlike lengths. */
export function tokenDifference(a: readonly number[], b: readonly number[]): TokenDifference {
  checkLengths(a, b);
  const changed = a.flatMap((code, index) => (code === b[index] ? [] : [index]));
  const ranges: TokenRange[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === index - 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return { changed, ranges, share: a.length === 0 ? 0 : changed.length / a.length };
}

function checkLengths(a: readonly number[], b: readonly number[]): void {
  if (a.length === b.length) return;
  throw new StudioError(
    'tokens-invalid',
    `One picture has ${a.length} tokens, the other ${b.length}: they are of different packs.`,
    'Read the tokens of both with the same pack.',
  );
}
