/**
 * Several writings of the same picture, and the one kept in which the language model itself best reads again what it was to draw,
 * by the pack's own caption task. No other judge is asked. A plan is a caption and is read as it stands. Of words alone two
 * readings are added, both in nats:
 *
 * - log p(words | tokens), the words as they stand. All drafts are read against the same words, so dividing by their
 *   number or by p(words) would change no choice. The end is not counted: a prompt may say less than a whole caption.
 * - for every word the largest log-probability it has anywhere while the model describes the picture in its own way: where
 *   captions are fuller than prompts, the first reading asks for words at places where they never stand.
 */
import type { TokenCertainty } from '../../../shared/document/document.js';
import { checkpoint } from '../cancellation.js';
import { writeTexts } from '../model/generate-tokens.js';
import { surprisalOf } from '../model/token-sampling.js';
import { prefixFor, requireLogits, requireTask, type EngineParts } from '../pack/open-pack.js';

/** One of the token sequences that are written for a picture: K codes and how sure the model was of each. */
export interface Draft {
  codes: number[];
  certainty: TokenCertainty[];
}

/** Rows of one writing, before guidance doubles them. */
const rowsAtOnce = 16;

/** Drafts written together, so that many variations with many drafts need no more memory than 16 rows or one round. */
export function roundsOf(bestOf: number, variations: number): { from: number; count: number }[] {
  const together = Math.max(1, Math.floor(rowsAtOnce / variations));
  return Array.from({ length: Math.ceil(bestOf / together) }, (_, round) => ({
    from: round * together,
    count: Math.min(together, bestOf - round * together),
  }));
}

/** Throws `task-unsupported` when the pack has no caption task or no logits, `prompt-too-long` when words and tokens do not fit together. */
export function checkReading(parts: EngineParts, words: readonly number[]): void {
  requireLogits(parts, requireTask(parts, 'caption').language);
  captionPrefix(parts, words, new Array<number>(parts.manifest.tokens.count).fill(0));
}

/** How well each draft is read, nats, ≤ 0. `words`: vocabulary ids of the prompt. */
export async function readAgain(
  parts: EngineParts,
  words: readonly number[],
  drafts: readonly Draft[],
  signal: AbortSignal,
): Promise<number[]> {
  await checkpoint(signal);
  const model = requireLogits(parts, requireTask(parts, 'caption').language);
  const prefixes = drafts.map(({ codes }) => captionPrefix(parts, words, codes));
  // The last word is only predicted, never read.
  const rows = prefixes.map((prefix) => [...prefix, ...words.slice(0, -1)]);
  const expected = await model.predictions(rows, words.length);
  const mentions = await mentionsIn(parts, words, prefixes, signal);
  return expected.map(
    (places, row) => mentions[row]! + places.reduce((sum, logits, at) => sum - surprisalOf(logits, words[at]!), 0),
  );
}

/**
 * Mean log-probability of the plan as the caption of each draft, nats, ≤ 0. A plan is a whole caption, so its end counts: a
 * picture that shows more than was planned reads worse.
 */
export async function readPlanAgain(
  parts: EngineParts,
  plan: readonly number[],
  drafts: readonly Draft[],
  signal: AbortSignal,
): Promise<number[]> {
  await checkpoint(signal);
  const model = requireLogits(parts, requireTask(parts, 'caption').language);
  const rows = drafts.map(({ codes }) => [...captionPrefix(parts, plan, codes), ...plan]);
  const whole = [...plan, parts.manifest.languageModel!.specialTokens.end];
  const expected = await model.predictions(rows, whole.length);
  return expected.map(
    (places) => -places.reduce((sum, logits, at) => sum + surprisalOf(logits, whole[at]!), 0) / whole.length,
  );
}

/** Of each sequence the sum over the distinct words: the largest log-probability of the word while the model describes it. */
async function mentionsIn(
  parts: EngineParts,
  words: readonly number[],
  prefixes: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<number[]> {
  const { model, textIds } = requireTask(parts, 'caption').language;
  const { manifest } = parts;
  // A word the tokenizer has no text for is never written.
  const legal = [manifest.languageModel!.specialTokens.end, ...textIds];
  const places = [...new Set(words)].map((word) => legal.indexOf(word)).filter((place) => place !== -1);
  const best = prefixes.map(() => places.map(() => -Infinity));
  const onLogits = (row: number, logits: Float32Array): void => {
    best[row] = best[row]!.map((most, word) => Math.max(most, -surprisalOf(logits, places[word]!)));
  };
  const writing = writeTexts({ model, manifest, prefixes, textIds, signal, onLogits });
  while ((await writing.next()).done !== true);
  return best.map((row) => row.reduce((sum, one) => sum + one, 0));
}

/** Index of the largest score; the first of equal ones. */
export function indexOfBest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}

function captionPrefix(parts: EngineParts, words: readonly number[], codes: readonly number[]): number[] {
  const { template } = requireTask(parts, 'caption');
  return prefixFor(parts.manifest, template, { text: words, codes }, words.length);
}
