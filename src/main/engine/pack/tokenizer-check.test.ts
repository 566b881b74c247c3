import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tokenizerFault } from './tokenizer-check.js';

const packs = join(import.meta.dirname, '../../../../resources/packs');
const withModel = (model: object, rest: object = {}): string => JSON.stringify({ model, ...rest });
const split = (expression: string): string =>
  withModel(
    { vocab: { a: 0 } },
    { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: expression } }] } },
  );

test.each(readdirSync(packs))('the shipped pack %s passes', (name) => {
  expect(tokenizerFault(readFileSync(join(packs, name, 'tokenizer.json'), 'utf8'))).toBeNull();
});

/** As the published tokenizers of GPT-2, Llama 3 and GPT-4o have them. */
test.each([
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`\s+`,
  ' {2,}',
])('an expression in common use passes: %s', (expression) => {
  expect(tokenizerFault(split(expression))).toBeNull();
});

test.each([
  '(a+)+b',
  '(a|a)*b',
  '(a|ab|b)*c',
  '^(.*)*$',
  String.raw`\s*\s*\s*x`,
  '((((((((((x*)*)*)*)*)*)*)*)*)*)*y',
  String.raw`(\w)\1*+`,
  'a'.repeat(4001),
])('an expression that some text could make endless does not: %s', (expression) => {
  expect(tokenizerFault(split(expression))).toMatch(/^has a regular expression/);
});

test.each<[string, string, RegExp]>([
  ['an id of a thousand million', withModel({ vocab: { a: 0, b: 1e9 } }), /id is not a whole number from 0 to 1048575/],
  ['a negative id', withModel({ vocab: { a: -1 } }), /id is not/],
  ['an id that is no number', withModel({ vocab: { a: '7' } }), /id is not/],
  [
    'such an id among the added tokens',
    withModel({ vocab: { a: 0 } }, { added_tokens: [{ id: 1e9, content: 'x' }] }),
    /id is not/,
  ],
  ['nesting without end', `{"model":${'['.repeat(100_000)}`, /nested more than 64 deep/],
  ['no vocabulary', withModel({ type: 'BPE' }), /has no vocabulary/],
  ['no JSON', '{', /it is not JSON/],
  ['another file', '[]', /is not a Hugging Face tokenizer/],
  [
    'merges without number',
    withModel({ vocab: { a: 0 }, merges: Array<number>(1_000_001).fill(0) }),
    /more than 1000000 merges/,
  ],
])('%s is named', (_name, text, rule) => {
  expect(tokenizerFault(text)).toMatch(rule);
});
