/**
 * A pack's tokenizer.json before the tokenizer library sees it: its size, its ids, what it makes of a text (`tokenizer-growth.ts`),
 * and its regular expressions, which will be run on whatever a person types.
 */
import { createRequire } from 'node:module';
import type * as Syntax from '@eslint-community/regexpp';
import type * as Analysis from 'scslre';
import { shortened } from '../../../shared/text/cut-text.js';
import { parseJson } from '../../../shared/json.js';
import { growthFault } from './tokenizer-growth.js';

const load = createRequire(import.meta.url);
/** Loaded for the first expression: most packs have none. */
const syntax = (): typeof Syntax => load('@eslint-community/regexpp') as typeof Syntax;
const analysis = (): typeof Analysis => load('scslre') as typeof Analysis;

export const tokenizerLimits = {
  bytes: 64 * 1024 * 1024,
  depth: 64,
  /** Words of the vocabulary, merges and added tokens, each. */
  entries: 1_000_000,
  /** The library keeps a list as long as the largest id. */
  largestId: 1_048_575,
  expressions: 64,
  expressionCharacters: 4000,
  /** Adjacent repetitions that can take text from each other: one costs the square of a text's length, two its cube. */
  trades: 1,
} as const;

/** Throws a SyntaxError beyond the limits. Any word may stand in a vocabulary, `constructor` too. */
export function parseTokenizerJson(text: string): unknown {
  return parseJson(text, { characters: tokenizerLimits.bytes, depth: tokenizerLimits.depth, keys: 'any' });
}

/** What is wrong, in words that end a sentence beginning with the file's name; null = nothing. */
export function tokenizerFault(text: string): string | null {
  let value: unknown;
  try {
    value = parseTokenizerJson(text);
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
  if (!isObject(value) || !isObject(value['model'])) return 'is not a Hugging Face tokenizer.json';
  return (
    vocabularyFault(value['model']) ?? addedFault(value['added_tokens']) ?? growthFault(value) ?? expressionFault(value)
  );
}

function vocabularyFault(model: Record<string, unknown>): string | null {
  const { vocab, merges } = model;
  if (Array.isArray(merges) && merges.length > tokenizerLimits.entries) return tooMany('merges');
  if (Array.isArray(vocab)) return vocab.length > tokenizerLimits.entries ? tooMany('words') : null;
  if (!isObject(vocab)) return 'has no vocabulary';
  const ids = Object.values(vocab);
  if (ids.length > tokenizerLimits.entries) return tooMany('words');
  return ids.every(isId) ? null : badId;
}

function addedFault(added: unknown): string | null {
  if (added === undefined || added === null) return null;
  if (!Array.isArray(added)) return 'is not a Hugging Face tokenizer.json';
  if (added.length > tokenizerLimits.entries) return tooMany('added tokens');
  return added.every((token) => isObject(token) && isId(token['id'])) ? null : badId;
}

/** Wherever they stand: normalizers, pre-tokenizers and decoders nest. */
function expressionFault(root: object): string | null {
  const waiting: unknown[] = [root];
  let found = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      // Words and merges are many, and no expression stands among them.
      if (name === 'vocab' || name === 'merges') continue;
      if (name !== 'Regex') waiting.push(inner);
      else if (++found > tokenizerLimits.expressions)
        return tooMany('regular expressions', tokenizerLimits.expressions);
      else if (typeof inner !== 'string' || inner.length > tokenizerLimits.expressionCharacters) {
        return `has a regular expression of more than ${tokenizerLimits.expressionCharacters} characters`;
      } else if (!isHarmless(inner))
        return `has a regular expression that some text could make endless (${shown(inner)})`;
    }
  }
  return null;
}

/** Whether its running time is bounded by a small power of the text's length. What cannot be analysed is not. */
function isHarmless(source: string): boolean {
  try {
    const literal = { source: withoutInlineFlags(source), flags: 'gu' };
    if (repeatsAlternatives(literal.source)) return false;
    const { reports } = analysis().analyse(literal, { reportTypes: { Move: false } });
    const trades = reports.filter(({ type, exponential }) => type === 'Trade' && !exponential);
    return trades.length === reports.length && trades.length <= tokenizerLimits.trades;
  } catch {
    return false;
  }
}

/** `(a|ab|b)*` can read the same text in exponentially many ways, which the analysis does not look for. */
function repeatsAlternatives(source: string): boolean {
  const { RegExpParser, visitRegExpAST } = syntax();
  let found = false;
  visitRegExpAST(new RegExpParser().parsePattern(source, 0, source.length, { unicode: true }), {
    onQuantifierEnter: ({ max, element }) => {
      found ||= max > 1 && 'alternatives' in element && element.alternatives.length > 1;
    },
  });
  return found;
}

/** `(?i:…)` is younger than the analysis; its letters do not change what is repeated. */
function withoutInlineFlags(source: string): string {
  return source.replaceAll(/\(\?[imsx]{1,4}:/g, '(?:');
}

const badId = `has a token whose id is not a whole number from 0 to ${tokenizerLimits.largestId}`;

function isId(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= tokenizerLimits.largestId;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tooMany(what: string, most: number = tokenizerLimits.entries): string {
  return `has more than ${most} ${what}`;
}

function shown(expression: string): string {
  return shortened(expression, 61);
}
