/** What the language model writes: image codes with guidance in a batch of variations, or a line of text. */
import type { TokenCertainty } from '../../../shared/document/document.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { generationIndices } from '../../../shared/tokens/tokens.js';
import { checkpoint } from '../cancellation.js';
import { codeLogits, imageTokenId } from './image-ids.js';
import { certaintyOf, chooseToken, guideLogits, surprisalOf, type ChoiceSettings } from './token-sampling.js';
import { selectRows, type LanguageModel, type LanguageState } from './language-model.js';
import { Random } from './random.js';

/** A language model that runs elsewhere and chooses tokens itself, telling of each how sure it was. */
export interface TokenServer {
  imageTokens: (writing: ImageWriting) => AsyncGenerator<WrittenToken, void>;
  texts: (writing: TextsWriting) => AsyncGenerator<(WrittenId | null)[], void>;
}

export interface ImageWriting {
  model: LanguageModel | TokenServer;
  manifest: PackManifest;
  /** Ids up to where the image begins: one row for all variations, or one for each. */
  prefixes: readonly (readonly number[])[];
  seed: number;
  variations: number;
  /** Which drafts of every variation, from…from + count - 1; absent = the first alone, 0. */
  drafts?: { from: number; count: number };
  temperature: number;
  topK: number;
  topP?: number | undefined;
  /** Towards the prefixes, away from the pack's unconditional one; 1 = off, then no unconditional rows are run. */
  guidance: number;
  /** One entry a token, index 0 = finest: a code stands as it is in every variation, null is written. */
  kept?: readonly (number | null)[] | undefined;
  signal: AbortSignal;
}

/** One more token in every row: row r is draft from + ⌊r / variations⌋ of variation r mod variations, which draws with seed + r mod variations. */
export interface WrittenToken {
  /** Position 0…K-1 in the token sequence, in the pack's generation order. */
  index: number;
  /** Tokens written so far, this one included. */
  known: number;
  codes: number[];
  certainty: TokenCertainty[];
}

export async function* writeImageTokens(writing: ImageWriting): AsyncGenerator<WrittenToken, void> {
  const { model, manifest, variations, guidance, signal } = writing;
  if ('imageTokens' in model) return yield* model.imageTokens(writing);
  const { from, count: drafts } = writing.drafts ?? { from: 0, count: 1 };
  const rows = variations * drafts;
  const { unconditional, specialTokens } = manifest.languageModel!;
  const { count, generationOrder } = manifest.tokens;
  const guided = guidance !== 1;
  await checkpoint(signal);
  const prefixes = guided
    ? [...writing.prefixes, unconditional.map((item) => specialTokens[item as string]!)]
    : writing.prefixes;
  const randoms = Array.from(
    { length: rows },
    (_, row) => new Random(writing.seed + (row % variations), 'tokens', from + Math.floor(row / variations)),
  );
  const conditioned = Array.from({ length: rows }, (_, row) => (row % variations) % writing.prefixes.length);
  let state = spread(await model.read(prefixes), conditioned, guided);
  const order = generationIndices(generationOrder, count);
  for (const [step, index] of order.entries()) {
    await checkpoint(signal);
    const legal = state.logits.map((row) => codeLogits(manifest, row));
    const codes: number[] = [];
    const certainty: TokenCertainty[] = [];
    for (let row = 0; row < rows; row++) {
      const alone = legal[row]!;
      const logits = guided ? guideLogits(alone, legal[rows + row]!, guidance) : alone;
      // Drawn for kept tokens too: what the others get then depends on their place alone, so a branch that keeps what this
      // seed wrote writes the rest as before.
      const uniform = randoms[row]!.uniform();
      codes.push(writing.kept?.[index] ?? chooseToken(logits, writing, uniform));
      certainty.push(certaintyOf(logits));
    }
    yield { index, known: step + 1, codes, certainty };
    if (step === count - 1) return;
    const ids = codes.map((code) => imageTokenId(manifest, index, code));
    state = await model.append(state, guided ? [...ids, ...ids] : ids);
  }
}

/** Those rows, then, under guidance, the last one, which has no text, as many times. */
function spread(state: LanguageState, conditioned: readonly number[], guided: boolean): LanguageState {
  const wordless = state.logits.length - 1;
  const rows = guided ? [...conditioned, ...conditioned.map(() => wordless)] : conditioned;
  const same = rows.length === state.logits.length && rows.every((row, index) => row === index);
  return same ? state : selectRows(state, rows);
}

export interface TextWriting {
  model: LanguageModel | TokenServer;
  manifest: PackManifest;
  prefix: readonly number[];
  /** Ids that may be chosen besides the end token. */
  textIds: readonly number[];
  signal: AbortSignal;
}

/** The likeliest text, id by id, until the end token or the pack's limit: an answer should not depend on chance. */
export async function* writeText({ prefix, ...writing }: TextWriting): AsyncGenerator<number, void> {
  for await (const [next] of writeTexts({ ...writing, prefixes: [prefix] })) {
    if (next!.id !== writing.manifest.languageModel!.specialTokens.end) yield next!.id;
  }
}

export interface WrittenId {
  id: number;
  /** Of this id among all that might have stood there, 0…1, at temperature 1. */
  probability: number;
}

/** How far texts may stray from the likeliest words. */
export type Spread = Pick<ChoiceSettings, 'temperature' | 'minP'>;

export interface TextsWriting extends Omit<TextWriting, 'prefix'> {
  prefixes: readonly (readonly number[])[];
  /** Not the likeliest words: chance of each row's own, spread by the temperature; a row without one has the likeliest after all. */
  sampling?: Spread & { randoms: readonly (Random | null)[] };
  /** Hears what each id of a row was chosen by: a logit for the end token, then one for each of `textIds`. */
  onLogits?: (row: number, logits: Float32Array) => void;
}

/**
 * The likeliest text of every prefix, or a sampled one, all in one batch: at each step one id a text, the end token as its last,
 * null after that. Over when all have ended, or at the pack's limit.
 */
export async function* writeTexts(writing: TextsWriting): AsyncGenerator<(WrittenId | null)[], void> {
  const { model, manifest, prefixes, signal } = writing;
  if ('texts' in model) return yield* model.texts(writing);
  const language = manifest.languageModel!;
  const { end } = language.specialTokens;
  const legal = [end, ...writing.textIds];
  const longest = Math.max(...prefixes.map(({ length }) => length));
  const limit = Math.min(language.defaults.maxTextTokens, language.contextLength - longest);
  const ended = prefixes.map(() => false);
  await checkpoint(signal);
  let state = await model.read(prefixes);
  for (let written = 0; written < limit; written++) {
    await checkpoint(signal);
    const next = state.logits.map((logits, row) => (ended[row] ? null : chosenText(writing, logits, legal, row)));
    next.forEach((chosen, row) => (ended[row] ||= chosen?.id === end));
    yield next;
    if (!ended.includes(false)) return;
    // What follows an end is never looked at.
    const ids = next.map((chosen) => chosen?.id ?? end);
    if (written + 1 < limit) state = await model.append(state, ids);
  }
}

function chosenText(
  { sampling, onLogits }: TextsWriting,
  row: Float32Array,
  legal: readonly number[],
  at: number,
): WrittenId {
  const logits = Float32Array.from(legal, (id) => row[id]!);
  onLogits?.(at, logits);
  const random = sampling?.randoms[at] ?? null;
  const settings = { temperature: 0, ...(random === null ? {} : sampling), topK: 0 };
  const place = chooseToken(logits, settings, random?.uniform() ?? 0);
  return { id: legal[place]!, probability: Math.exp(-surprisalOf(logits, place)) };
}
