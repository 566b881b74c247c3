/** What the language model writes: image codes with guidance in a batch of variations, or a line of text. */
import type { TokenCertainty } from '../../shared/document.js';
import type { PackManifest } from '../../shared/pack.js';
import { generationIndices } from '../../shared/tokens.js';
import { checkpoint } from './cancellation.js';
import { certaintyOf, chooseToken, guideLogits } from './choose-token.js';
import { selectRows, type LanguageModel, type LanguageState } from './language-model.js';
import { Random } from './random.js';

export interface ImageWriting {
  model: LanguageModel;
  manifest: PackManifest;
  /** Ids up to where the image begins. */
  prefix: readonly number[];
  seed: number;
  variations: number;
  temperature: number;
  topK: number;
  /** Towards the prefix, away from the pack's unconditional one; 1 = off, then no unconditional rows are run. */
  guidance: number;
  /** One entry a token, index 0 = finest: a code stands as it is in every variation, null is written. */
  kept?: readonly (number | null)[] | undefined;
  signal: AbortSignal;
}

/** One more token in every variation; variation v draws with seed + v. */
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
  const { imageTokenOffset, unconditional, specialTokens } = manifest.languageModel!;
  const { codebookSize, count, generationOrder } = manifest.tokens;
  const guided = guidance !== 1;
  await checkpoint(signal);
  const prefixes = guided
    ? [writing.prefix, unconditional.map((item) => specialTokens[item as string]!)]
    : [writing.prefix];
  const randoms = Array.from({ length: variations }, (_, variation) => new Random(writing.seed + variation, 'tokens'));
  let state = spread(await model.read(prefixes), variations, guided);
  const order = generationIndices(generationOrder, count);
  for (const [step, index] of order.entries()) {
    await checkpoint(signal);
    const legal = state.logits.map((row) => row.subarray(imageTokenOffset, imageTokenOffset + codebookSize));
    const codes: number[] = [];
    const certainty: TokenCertainty[] = [];
    for (let variation = 0; variation < variations; variation++) {
      const alone = legal[variation]!;
      const logits = guided ? guideLogits(alone, legal[variations + variation]!, guidance) : alone;
      // Drawn for kept tokens too: what the others get then depends on their place alone, so a branch that keeps what this
      // seed wrote writes the rest as before.
      const uniform = randoms[variation]!.uniform();
      codes.push(writing.kept?.[index] ?? chooseToken(logits, writing, uniform));
      certainty.push(certaintyOf(logits));
    }
    yield { index, known: step + 1, codes, certainty };
    if (step === count - 1) return;
    const ids = codes.map((code) => imageTokenOffset + code);
    state = await model.append(state, guided ? [...ids, ...ids] : ids);
  }
}

/** One row for each variation, then, under guidance, one unconditional row for each. */
function spread(state: LanguageState, variations: number, guided: boolean): LanguageState {
  if (variations === 1) return state;
  const rows = Array<number>(variations).fill(0);
  return selectRows(state, guided ? [...rows, ...Array<number>(variations).fill(1)] : rows);
}

export interface TextWriting {
  model: LanguageModel;
  manifest: PackManifest;
  prefix: readonly number[];
  /** Ids that may be chosen besides the end token. */
  textIds: readonly number[];
  signal: AbortSignal;
}

/** The likeliest text, id by id, until the end token or the pack's limit: an answer should not depend on chance. */
export async function* writeText(writing: TextWriting): AsyncGenerator<number, void> {
  const { model, manifest, prefix, signal } = writing;
  const language = manifest.languageModel!;
  const legal = [language.specialTokens.end, ...writing.textIds];
  const limit = Math.min(language.defaults.maxTextTokens, language.contextLength - prefix.length);
  await checkpoint(signal);
  let state = await model.read([prefix]);
  for (let written = 0; written < limit; written++) {
    await checkpoint(signal);
    const logits = state.logits[0]!;
    const best = legal.reduce((best, id) => (logits[id]! > logits[best]! ? id : best));
    if (best === language.specialTokens.end) return;
    yield best;
    if (written + 1 < limit) state = await model.append(state, [best]);
  }
}
