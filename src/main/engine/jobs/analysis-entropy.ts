/**
 * The entropy analysis: pictures are read through the language model token by token in several orders, and at every place what
 * it expected is held against what stood there.
 */
import type { EngineEvent } from '../../../shared/contract/events.js';
import { strideOrder, type EntropyCurve } from '../../../shared/tokens/analyses.js';
import { generationIndices } from '../../../shared/tokens/tokens.js';
import { StudioError } from '../../../shared/errors.js';
import { checkpoint } from '../cancellation.js';
import { codeLogits, imageTokenId } from '../model/image-ids.js';
import { certaintyOf, surprisalOf } from '../model/token-sampling.js';
import { prefixFor, requireLogits, requireTask, type EngineParts, type LanguagePart } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { readCodes } from './describe.js';
import { writeImageTokens } from '../model/generate-tokens.js';

type EntropyRequest = Extract<EngineRequest, { kind: 'entropy' }>;

/** Sequences the language model writes at once. */
const samplesAtOnce = 16;

/** One sequence with the ids that stand before it. */
interface Sequence {
  codes: readonly number[];
  prefix: readonly number[];
}

/** Throws `task-unsupported` without a language model or its logits, `bad-request` when there is nothing to read. */
export async function* measureEntropy(
  parts: EngineParts,
  request: EntropyRequest,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { language } = requireTask(parts, 'textToImage');
  requireLogits(parts, language);
  const { count, codebookSize, generationOrder } = parts.manifest.tokens;
  const strides = request.strides.filter((stride) => stride < count);
  const total = request.sources.length + (request.samples?.count ?? 0);
  if (total === 0 || strides.length === 0) {
    throw new StudioError(
      'bad-request',
      'There is nothing to read: no picture, no sample, or no order of reading.',
      'Name at least one of each; a stride must be smaller than the number of tokens.',
    );
  }
  const orders = strides.map((stride) => strideOrder(generationIndices(generationOrder, count), stride));
  const curves = new RunningCurves(strides, count);
  yield { type: 'progress', phase: 'analysing', done: 0, total };
  for await (const step of sequencesOf(parts, language, request, signal)) {
    if ('type' in step) {
      yield step;
      continue;
    }
    await checkpoint(signal);
    curves.add(await readInOrders(parts, language, step, orders));
    yield { type: 'entropy', pictures: curves.pictures, curves: curves.means() };
    yield { type: 'progress', phase: 'analysing', done: curves.pictures, total };
  }
  await checkpoint(signal);
  return { kind: 'entropy', pictures: curves.pictures, codebookSize, curves: curves.means() };
}

/** The pictures' own sequences first, then those the model writes; events of reading pictures pass through. */
async function* sequencesOf(
  parts: EngineParts,
  language: LanguagePart,
  { sources, prompts, samples }: EntropyRequest,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent | Sequence, void> {
  for (const [index, source] of sources.entries()) {
    await checkpoint(signal);
    const prefix = prefixOf(parts, language, prompts?.[index] ?? '');
    for await (const codes of codesOnly(readCodes(parts, source, signal))) yield { codes, prefix };
  }
  if (samples === undefined) return;
  const prefix = prefixOf(parts, language, samples.prompt);
  const { temperature, topK, topP } = parts.manifest.languageModel!.defaults;
  for (let written = 0; written < samples.count; written += samplesAtOnce) {
    const variations = Math.min(samplesAtOnce, samples.count - written);
    const sequences = Array.from({ length: variations }, () => new Array<number>(parts.manifest.tokens.count).fill(0));
    const writing = writeImageTokens({
      model: language.model,
      manifest: parts.manifest,
      prefixes: [prefix],
      seed: samples.seed + written,
      variations,
      temperature,
      topK,
      topP,
      guidance: 1,
      signal,
    });
    for await (const { index, known, codes } of writing) {
      codes.forEach((code, variation) => (sequences[variation]![index] = code));
      yield { type: 'progress', phase: 'writing-tokens', done: known, total: sequences[0]!.length };
    }
    for (const codes of sequences) yield { codes, prefix };
  }
}

/** What reading reports is of no interest here: hundreds of pictures would report every token. */
async function* codesOnly(reading: AsyncGenerator<EngineEvent, number[]>): AsyncGenerator<number[], void> {
  for (;;) {
    const next = await reading.next();
    if (next.done !== true) continue;
    yield next.value;
    return;
  }
}

/** The pack's words for "no text" unless there is a prompt. Throws `prompt-too-long`. */
function prefixOf({ manifest }: EngineParts, language: LanguagePart, prompt: string): number[] {
  const { maxPromptTokens, unconditional, templates } = manifest.languageModel!;
  const wordless = prompt.trim() === '';
  const text = wordless ? [] : language.tokenizer.encodePrompt(prompt, maxPromptTokens, 'prompt');
  return prefixFor(manifest, wordless ? unconditional : templates.textToImage!, { text }, manifest.tokens.count);
}

/** Entropy and surprisal at every place, one pair of rows per order; all orders in one run of the graph. */
async function readInOrders(
  parts: EngineParts,
  language: LanguagePart,
  { codes, prefix }: Sequence,
  orders: readonly number[][],
): Promise<{ entropy: number[]; surprisal: number[] }[]> {
  const { manifest } = parts;
  const { count } = manifest.tokens;
  const rows = orders.map((order) => [
    ...prefix,
    ...order.slice(0, -1).map((index) => imageTokenId(manifest, index, codes[index]!)),
  ]);
  const logits = await requireLogits(parts, language).predictions(rows, count);
  return orders.map((order, row) => {
    const entropy: number[] = [];
    const surprisal: number[] = [];
    order.forEach((index, place) => {
      const legal = codeLogits(manifest, logits[row]![place]!);
      entropy.push(certaintyOf(legal).entropy);
      surprisal.push(surprisalOf(legal, codes[index]!));
    });
    return { entropy, surprisal };
  });
}

/** Sums over pictures, so that hundreds of them cost no more memory than one. */
class RunningCurves {
  pictures = 0;
  private readonly entropy: Float64Array[];
  private readonly surprisal: Float64Array[];

  constructor(
    private readonly strides: readonly number[],
    count: number,
  ) {
    this.entropy = strides.map(() => new Float64Array(count));
    this.surprisal = strides.map(() => new Float64Array(count));
  }

  add(rows: readonly { entropy: number[]; surprisal: number[] }[]): void {
    this.pictures += 1;
    rows.forEach(({ entropy, surprisal }, order) => {
      entropy.forEach((value, place) => (this.entropy[order]![place]! += value));
      surprisal.forEach((value, place) => (this.surprisal[order]![place]! += value));
    });
  }

  means(): EntropyCurve[] {
    const mean = (sums: Float64Array): number[] => Array.from(sums, (sum) => sum / this.pictures);
    return this.strides.map((stride, order) => ({
      stride,
      entropy: mean(this.entropy[order]!),
      surprisal: mean(this.surprisal[order]!),
    }));
  }
}
