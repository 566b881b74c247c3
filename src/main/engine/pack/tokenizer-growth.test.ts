/** Tokenizers that a short prompt would stick in, or fill the memory with. Every one of them did before it was refused. */
import { describe, expect, test } from 'vitest';
import { TextTokenizer } from '../model/text-tokenizer.js';
import { tokenizerFault } from './tokenizer-check.js';

const nothing = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
const bpe = { type: 'BPE', vocab: { a: 0, b: 1, '<unk>': 2 }, merges: [], unk_token: '<unk>' };
const all = (normalizers: object[]) => ({ normalizer: { type: 'Sequence', normalizers } });
const replace = (from: object, content: unknown) => ({ type: 'Replace', pattern: from, content });
const some = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const written = (changes: object): string => JSON.stringify({ ...nothing, model: bpe, ...changes });

describe('refused', () => {
  test.each<[string, object, RegExp]>([
    ['ten letters for one, and again', all(some(4, replace({ String: 'a' }, 'a'.repeat(10)))), /256 times as long/],
    ['letters between all others', all(some(9, replace({ Regex: 'x*' }, 'a'))), /256 times as long/],
    ['in what comes out', { decoder: { type: 'Sequence', decoders: some(4, replace({ String: 'a' }, 'a'.repeat(10))) } }, /256 times/], // prettier-ignore
    ['the text before each letter', all([replace({ String: 'a' }, '$`')]), /a part of the text itself/],
    ['what is no text', all([replace({ String: 'a' }, 7)]), /no text/],
    ['a space of many letters', { pre_tokenizer: { type: 'Metaspace', replacement: '_'.repeat(300) } }, /256 times/],
    ['much before a text', all([{ type: 'Prepend', prepend: 'b'.repeat(10_000) }]), /before a text/],
    ['a little, thousands of times', all(some(3000, { type: 'Prepend', prepend: 'b' })), /more than 64 steps/],
    ['pieces of no length', { pre_tokenizer: { type: 'FixedLength', length: 0 } }, /pieces of no length/],
    ['pieces of less', { pre_tokenizer: { type: 'FixedLength', length: -1 } }, /pieces of no length/],
    ['a text many times over', { post_processor: { type: 'TemplateProcessing', single: some(100, { Sequence: { id: 'A', type_id: 0 } }) } }, /more than 64 parts/], // prettier-ignore
    ['long words', { model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0], ['a'.repeat(65), -1]] } }, /a word of more than 64/], // prettier-ignore
    ['a word that is none', { model: { type: 'Unigram', unk_id: 0, vocab: [[['a'], 0]] } }, /no text/],
    ['many words', { model: { type: 'Unigram', unk_id: 0, vocab: some(70_000, ['a'.repeat(64), -1]) } }, /words of more than 4194304/], // prettier-ignore
    ['every part of a long word', { model: { type: 'WordPiece', vocab: { a: 0 }, max_input_chars_per_word: 1e9 } }, /every part of words/], // prettier-ignore
    ['a long beginning of parts', { model: { ...bpe, continuing_subword_prefix: '#'.repeat(1000) } }, /continuing_subword_prefix/], // prettier-ignore
    ['long added tokens', { added_tokens: some(2, { id: 3, content: 'b'.repeat(600_000) }) }, /added tokens of more/],
  ])('%s', (_name, changes, words) => {
    expect(tokenizerFault(written(changes))).toMatch(words);
  });
});

test('what real ones do passes, and costs next to nothing', () => {
  const sentencePiece = {
    model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0], ...Array.from({ length: 64 }, (_, at) => ['a'.repeat(at + 1), -1])] }, // prettier-ignore
    ...all([{ type: 'Prepend', prepend: '▁' }, replace({ String: ' ' }, '▁'), replace({ Regex: ' {2,}' }, ' '), { type: 'NFKC' }]), // prettier-ignore
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
    decoder: { type: 'Sequence', decoders: [replace({ String: '▁' }, ' '), { type: 'Fuse' }] },
  };
  expect(tokenizerFault(written(sentencePiece))).toBeNull();
  const before = process.cpuUsage().user;
  // The longest prompt there is.
  expect(new TextTokenizer(written(sentencePiece)).encode('a'.repeat(2000)).length).toBeGreaterThan(30);
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10);
});
