/**
 * InvokeAI's texts: `invokeai_metadata` (since 3.0, flat fields), `sd-metadata` (2.x, an `image` with its prompt, where words in
 * square brackets are the negative ones) and `Dream` (the command line that was run, before and beside it).
 */
import { foreignMetadata, unknown, type ForeignMetadata, type Told } from './foreign-recipe.js';
import { asObject, asText, parseObject, type Json } from './json.js';

type Texts = (keyword: string) => string | null;

export function readInvokeAi(get: Texts): ForeignMetadata | null {
  const flat = parseObject(get('invokeai_metadata') ?? '');
  if (flat !== null) return readFlat(flat);
  const older = parseObject(get('sd-metadata') ?? '');
  if (older !== null) return readOlder(older);
  const dream = get('Dream') ?? get('dream');
  return dream === null ? null : readDream(dream);
}

function readFlat(metadata: Json): ForeignMetadata | null {
  const prompt = asText(metadata['positive_prompt']);
  if (prompt === null) return null;
  const model = asObject(metadata['model']);
  return foreignMetadata({
    source: 'invokeai',
    words: { text: prompt },
    negative: { text: asText(metadata['negative_prompt']) ?? '' },
    seed: metadata['seed'],
    model: model?.['name'] ?? model?.['model_name'],
    facts: {
      'Style prompt': metadata['positive_style_prompt'],
      Steps: metadata['steps'],
      'CFG scale': metadata['cfg_scale'],
      Sampler: metadata['scheduler'],
    },
  });
}

function readOlder(metadata: Json): ForeignMetadata | null {
  const image = asObject(metadata['image']) ?? metadata;
  const prompt = image['prompt'];
  if (prompt === undefined) return null;
  const { words, negative } = bracketed(promptOf(prompt));
  return foreignMetadata({
    source: 'invokeai',
    words,
    negative,
    seed: image['seed'],
    model: metadata['model_weights'],
    facts: { Steps: image['steps'], 'CFG scale': image['cfg_scale'], Sampler: image['sampler'] },
  });
}

/** A text, or a list of texts with weights. */
function promptOf(prompt: unknown): Told {
  if (typeof prompt === 'string') return { text: prompt };
  if (!Array.isArray(prompt)) return unknown('it is no text');
  const texts = (prompt as unknown[]).map((one) => asText(asObject(one)?.['prompt']));
  const [first] = texts;
  if (texts.length > 1) return unknown('it was drawn from several prompts with weights');
  return first === undefined || first === null ? unknown('it is no text') : { text: first };
}

/** `"words" -s 50 -S 1234 -C 7.5 -A k_lms`, with or without spaces behind the letters. */
function readDream(line: string): ForeignMetadata | null {
  const found = /^\s*(?:dream>?\s+)?"((?:[^"\\]|\\.)*)"([^"]*)$/s.exec(line.slice(0, 20_000));
  if (found === null) return null;
  const options = new Map<string, string>();
  for (const [, name, value] of (found[2] ?? '').matchAll(
    /(?:^|\s)--?(seed|steps|cfg_scale|sampler|[sSCA])[ =]?(\S{1,40})(?=\s|$)/g,
  )) {
    if (name !== undefined && value !== undefined) options.set(name, value);
  }
  const whole = (found[1] ?? '').replaceAll(/\\(["\\])/g, '$1');
  const { words, negative } = bracketed({ text: whole });
  return foreignMetadata({
    source: 'invokeai',
    words,
    negative,
    seed: options.get('S') ?? options.get('seed'),
    facts: {
      Steps: options.get('s') ?? options.get('steps'),
      'CFG scale': options.get('C') ?? options.get('cfg_scale'),
      Sampler: options.get('A') ?? options.get('sampler'),
    },
  });
}

/** InvokeAI 2 takes what stands in square brackets, anywhere, as the negative prompt; `a:0.7 b:0.3` are two prompts with weights. */
function bracketed(told: Told): { words: Told; negative: Told | null } {
  if ('unknown' in told) return { words: told, negative: null };
  const negative = [...told.text.matchAll(/\[([^[\]]*)\]/g)].map(([, inside]) => inside ?? '').join(' ');
  const positive = told.text
    .replaceAll(/\[[^[\]]*\]/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  const weights = positive.match(/[^\s:]:\s?-?\d+(?:\.\d+)?(?=\s|$)/g) ?? [];
  if (weights.length > 1)
    return { words: unknown('it was drawn from several prompts with weights'), negative: { text: negative } };
  return { words: { text: positive }, negative: { text: negative } };
}
