/**
 * Several writings of the same picture, and the one kept in which the language model itself best reads the words again: the
 * largest log p(words | tokens) under the pack's own caption task. No other judge is asked.
 *
 * All candidates of a picture are read against the same words, so dividing by their number or by log p(words) would change
 * no choice. The end of the text is not counted: a prompt may say less than a whole caption does.
 */
import type { TokenCertainty } from '../../shared/document.js';
import { checkpoint } from './cancellation.js';
import { surpriseOf } from './choose-token.js';
import { prefixFor, requireTask, type EngineParts } from './parts.js';

/** One writing: K codes and how sure the model was of each. */
export interface Candidate {
  codes: number[];
  certainty: TokenCertainty[];
}

/** Rows of one writing, before guidance doubles them. */
const rowsAtOnce = 16;

/** Candidates written together, so that many variations with many candidates need no more memory than 16 rows or one round. */
export function roundsOf(candidates: number, variations: number): { from: number; count: number }[] {
  const together = Math.max(1, Math.floor(rowsAtOnce / variations));
  return Array.from({ length: Math.ceil(candidates / together) }, (_, round) => ({
    from: round * together,
    count: Math.min(together, candidates - round * together),
  }));
}

/** Throws `task-unsupported` when the pack has no caption task, `prompt-too-long` when words and tokens do not fit together. */
export function checkReading(parts: EngineParts, words: readonly number[]): void {
  captionPrefix(parts, words, new Array<number>(parts.manifest.tokens.count).fill(0));
}

/** log p(words | tokens) of each candidate, nats, ≤ 0. `words`: vocabulary ids of the prompt. */
export async function readAgain(
  parts: EngineParts,
  words: readonly number[],
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<number[]> {
  await checkpoint(signal);
  const { model } = requireTask(parts, 'caption').language;
  // The last word is only predicted, never read.
  const rows = candidates.map(({ codes }) => [...captionPrefix(parts, words, codes), ...words.slice(0, -1)]);
  const expected = await model.predictions(rows, words.length);
  return expected.map((places) => places.reduce((sum, logits, at) => sum - surpriseOf(logits, words[at]!), 0));
}

/** Index of the largest score; the first of equal ones. */
export function bestOf(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}

function captionPrefix(parts: EngineParts, words: readonly number[], codes: readonly number[]): number[] {
  const { template } = requireTask(parts, 'caption');
  return prefixFor(parts.manifest, template, words, codes, words.length);
}
