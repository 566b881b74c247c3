/** Jobs that write new images: generate and edit. Tokens first, with live previews; then the diffusion decoder. */
import type { GenerationSettings, TokenCertainty } from '../../../shared/document.js';
import type { EngineEvent } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';
import { bestOf, checkReading, readAgain, roundsOf, type Candidate } from './caption-ranking.js';
import { checkBase, compose } from './compose.js';
import { everyToken } from '../model/decoder.js';
import type { EngineParts } from '../pack/open-pack.js';
import { checkKept, prefixFor, requireTask } from '../pack/open-pack.js';
import { LivePreviews } from './previews.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { denoise } from '../model/sampler.js';
import { writeImageTokens } from '../model/generate-tokens.js';

type Request<Kind extends EngineRequest['kind']> = Extract<EngineRequest, { kind: Kind }>;
type Job = AsyncGenerator<EngineEvent, EngineResult>;

export async function* generate(parts: EngineParts, request: Request<'generate'>, signal: AbortSignal): Job {
  const { language, template } = requireTask(parts, 'textToImage');
  const { maxPromptTokens, unconditional } = parts.manifest.languageModel!;
  checkKept(parts.manifest, request.kept);
  const wordless = request.kept !== undefined && request.prompt.trim() === '';
  const text = wordless ? [] : language.tokenizer.encodePrompt(request.prompt, maxPromptTokens, 'prompt');
  const prefix = prefixFor(parts.manifest, wordless ? unconditional : template, text, [], parts.manifest.tokens.count);
  // Without words there is nothing for guidance to lead towards.
  const textGuidance = wordless ? 1 : request.settings.textGuidance;
  const { candidates = 1 } = request.settings;
  const choice = wordless || candidates === 1 ? null : { candidates, words: text };
  if (choice !== null) checkReading(parts, text);
  return yield* draw(parts, prefix, { ...request, settings: { ...request.settings, textGuidance } }, choice, signal);
}

export async function* edit(parts: EngineParts, request: Request<'edit'>, signal: AbortSignal): Job {
  const { language, template } = requireTask(parts, 'edit');
  const limit = parts.manifest.languageModel!.maxPromptTokens;
  const text = language.tokenizer.encodePrompt(request.instruction, limit, 'instruction');
  checkKept(parts.manifest, request.kept);
  const codes = yield* readCodes(parts, request.source, signal);
  const prefix = prefixFor(parts.manifest, template, text, codes, parts.manifest.tokens.count);
  return yield* draw(parts, prefix, request, null, signal);
}

/** How many token sequences are written for one picture, and the words the kept one must be read in. */
interface Choice {
  candidates: number;
  words: number[];
}

async function* draw(
  parts: EngineParts,
  prefix: number[],
  request: Request<'generate' | 'edit'>,
  choice: Choice | null,
  signal: AbortSignal,
): Job {
  const { manifest } = parts;
  const { variations, settings, seed } = request;
  checkBase(parts, request.base);
  // x_1 is pure noise; the previews and the final picture start from the same.
  const start = gaussianNoise(seed, variations, parts.decoder.size, manifest.diffusion.noiseScale);
  const written = yield* writeAll(parts, prefix, request, choice?.candidates ?? 1, start, signal);
  const chosen = choice === null ? written.map(([only]) => only!) : yield* choose(parts, choice.words, written, signal);
  const sequences = chosen.map(({ codes }) => codes);
  const images = yield* restoreAll(parts, sequences, start, settings, signal);
  const drawn = images.map((image, variation) => ({ image, seed: seed + variation, ...chosen[variation]! }));
  if (request.base === undefined) return { kind: request.kind, images: drawn };
  return { kind: request.kind, images: yield* compose(parts, request.base, drawn, signal) };
}

/**
 * Candidates of every variation: [variations][candidates]. Tokens and previews are reported of the first ones, whose previews
 * start from `start`.
 */
async function* writeAll(
  parts: EngineParts,
  prefix: number[],
  request: Request<'generate' | 'edit'>,
  candidates: number,
  start: Float32Array,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, Candidate[][]> {
  const { manifest, language } = parts;
  const { variations, settings, seed } = request;
  const { count } = manifest.tokens;
  const written = Array.from({ length: variations }, () =>
    Array.from({ length: candidates }, (): Candidate => ({
      codes: new Array<number>(count).fill(0),
      certainty: new Array<TokenCertainty>(count),
    })),
  );
  const previews = new LivePreviews(
    parts,
    start,
    written.map(([first]) => first!.codes),
  );
  const rounds = roundsOf(candidates, variations);
  const total = count * rounds.length;
  yield { type: 'progress', phase: 'writing-tokens', done: 0, total };
  for (const [round, { from, count: together }] of rounds.entries()) {
    const writing = writeImageTokens({
      model: language!.model,
      manifest,
      prefix,
      seed,
      variations,
      candidates: { from, count: together },
      temperature: settings.temperature,
      topK: settings.topK,
      guidance: settings.textGuidance,
      kept: request.kept,
      signal,
    });
    for await (const token of writing) {
      for (const [row, code] of token.codes.entries()) {
        const variation = row % variations;
        const candidate = from + Math.floor(row / variations);
        const certainty = token.certainty[row]!;
        const { codes, certainty: all } = written[variation]![candidate]!;
        codes[token.index] = code;
        all[token.index] = certainty;
        if (candidate === 0) yield { type: 'token', variation, index: token.index, code, certainty };
      }
      yield { type: 'progress', phase: 'writing-tokens', done: round * count + token.known, total };
      if (round === 0 && previews.due(token.known)) {
        const images = await previews.draw(token.known);
        for (const [variation, image] of images.entries()) {
          yield { type: 'preview', variation, knownTokens: token.known, step: 0, steps: settings.steps, image };
        }
      }
    }
  }
  return written;
}

/** Of each variation the candidate in which the model best reads the words again. */
async function* choose(
  parts: EngineParts,
  words: readonly number[],
  written: readonly Candidate[][],
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, Candidate[]> {
  yield { type: 'progress', phase: 'choosing', done: 0, total: written.length };
  const chosen: Candidate[] = [];
  for (const candidates of written) {
    chosen.push(candidates[bestOf(await readAgain(parts, words, candidates, signal))]!);
    yield { type: 'progress', phase: 'choosing', done: chosen.length, total: written.length };
  }
  return chosen;
}

/** From x_1 to clean pictures with a preview every few steps. Changes `start`. */
async function* restoreAll(
  parts: EngineParts,
  sequences: readonly number[][],
  start: Float32Array,
  settings: GenerationSettings,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, RasterImage[]> {
  const { steps, tokenGuidance } = settings;
  // Each costs its conversion and a message; four show the sharpening.
  const every = Math.ceil(steps / 4);
  const denoising = denoise({
    predict: parts.decoder.predictor(sequences, everyToken),
    x: start,
    from: 1,
    steps,
    timestepShift: parts.manifest.diffusion.timestepShift,
    guidance: tokenGuidance,
    signal,
  });
  const knownTokens = parts.manifest.tokens.count;
  for await (const { step, x0Hat } of denoising) {
    yield { type: 'progress', phase: 'restoring', done: step, total: steps };
    if (step === steps || step % every !== 0) continue;
    for (const [variation, image] of (await parts.space.toImages(x0Hat, sequences.length)).entries()) {
      yield { type: 'preview', variation, knownTokens, step, steps, image };
    }
  }
  return parts.space.toImages(start, sequences.length);
}
