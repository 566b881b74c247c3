/**
 * What a tokenizer.json makes of a text before and beside its words: replacements that multiply it, pieces of no length, words that
 * lie inside each other by the thousand. A prompt is short; these decide what it costs all the same.
 */
export const growthLimits = {
  /** Normalizers, pre-tokenizers, decoders and what else has a type; real ones have about ten. */
  steps: 64,
  /** How many times as long all replacements together may make a text. */
  growth: 256,
  /** Of what is put before a text, or before or behind parts of a word. */
  affix: 64,
  /** Of one word of a Unigram model, and of all: their prefixes are a tree in memory, and a text is tried with each. */
  unigramWord: 64,
  unigramWords: 4 * 1024 * 1024,
  /** Of the words that stand beside the vocabulary, together. */
  addedWords: 1024 * 1024,
  /** Letters of a word that WordPiece tries every part of. */
  wordPiece: 256,
} as const;

type Fields = Record<string, unknown>;

/** What is wrong, in words that end a sentence beginning with the file's name; null = nothing. */
export function growthFault(root: Fields): string | null {
  return modelFault(root['model'] as Fields) ?? addedFault(root['added_tokens']) ?? stepsFault(root);
}

function modelFault(model: Fields): string | null {
  for (const name of ['continuing_subword_prefix', 'end_of_word_suffix', 'suffix'] as const) {
    if (isLonger(model[name], growthLimits.affix)) return `has a ${name} of more than ${growthLimits.affix} characters`;
  }
  const most = model['max_input_chars_per_word'];
  if (typeof most === 'number' && most > growthLimits.wordPiece)
    return `tries every part of words of more than ${growthLimits.wordPiece} letters`;
  if (!Array.isArray(model['vocab'])) return null;
  let letters = 0;
  for (const entry of model['vocab'] as unknown[]) {
    const word: unknown = Array.isArray(entry) ? entry[0] : null;
    if (typeof word !== 'string') return 'has a word that is no text';
    if (word.length > growthLimits.unigramWord) return `has a word of more than ${growthLimits.unigramWord} letters`;
    letters += word.length;
  }
  return letters > growthLimits.unigramWords ? `has words of more than ${growthLimits.unigramWords} letters` : null;
}

function addedFault(added: unknown): string | null {
  if (!Array.isArray(added)) return null;
  const letters = added.reduce<number>((sum, token: Fields) => sum + lengthOf(token['content']), 0);
  return letters > growthLimits.addedWords
    ? `has added tokens of more than ${growthLimits.addedWords} letters together`
    : null;
}

/** Wherever they stand: they nest. */
function stepsFault(root: Fields): string | null {
  const waiting: unknown[] = [root];
  let [steps, growth] = [0, 1];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    const step = value as Fields;
    if (typeof step['type'] === 'string' && ++steps > growthLimits.steps)
      return `has more than ${growthLimits.steps} steps`;
    const grows = growthOf(step);
    if (typeof grows === 'string') return grows;
    growth *= grows;
    if (growth > growthLimits.growth) return `makes a text more than ${growthLimits.growth} times as long`;
    for (const [name, inner] of Object.entries(step)) {
      // Words are many, and no step stands among them.
      if (name !== 'vocab' && name !== 'merges' && name !== 'added_tokens' && typeof inner === 'object')
        waiting.push(inner);
    }
  }
  return null;
}

/** How many times as long one step makes a text at most, or what is wrong with it. */
function growthOf(step: Fields): number | string {
  switch (step['type']) {
    case 'Replace':
      return growthOfReplacing(step['pattern'], step['content'] ?? '');
    case 'Metaspace':
      return growthOfReplacing({ String: ' ' }, step['str_rep'] ?? step['replacement'] ?? '');
    case 'Prepend':
      if (!isLonger(step['prepend'], growthLimits.affix)) return 1;
      return `puts more than ${growthLimits.affix} characters before a text`;
    case 'FixedLength':
      return Number.isInteger(step['length']) && (step['length'] as number) > 0
        ? 1
        : 'cuts a text into pieces of no length';
    case 'TemplateProcessing': {
      const isLong = ['single', 'pair'].some((name) => isLonger(step[name], growthLimits.steps));
      return isLong ? `has a template of more than ${growthLimits.steps} parts` : 1;
    }
    default:
      return 1;
  }
}

function growthOfReplacing(pattern: unknown, content: unknown): number | string {
  if (typeof content !== 'string') return 'puts in what is no text';
  // The library takes these for the text before, behind or in what is replaced, which no tokenizer.json means.
  if (/\$[$&`'\d<]/.test(content)) return 'puts in a part of the text itself';
  const replaced = (pattern as { String?: unknown } | null | undefined)?.String;
  // An expression may stand for nothing at all, between every two letters.
  if (typeof replaced !== 'string' || replaced === '') return content.length + 1;
  return Math.max(1, content.length / replaced.length);
}

function isLonger(value: unknown, most: number): boolean {
  return lengthOf(value) > most;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}
