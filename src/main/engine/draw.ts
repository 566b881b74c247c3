/** Jobs that write new images: generate and edit. Tokens first, with live previews; then the diffusion decoder. */
import type { GenerationSettings, TokenCertainty } from '../../shared/document.js';
import type { EngineEvent } from '../../shared/events.js';
import type { RasterImage } from '../../shared/images.js';
import { checkBase, compose } from './compose.js';
import { everyToken } from './decoder.js';
import type { EngineParts } from './parts.js';
import { checkKept, prefixFor, requireTask } from './parts.js';
import { LivePreviews } from './previews.js';
import type { EngineRequest, EngineResult } from './protocol.js';
import { gaussianNoise } from './random.js';
import { readCodes } from './read.js';
import { denoise } from './sampler.js';
import { writeImageTokens } from './writing.js';

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
  return yield* draw(parts, prefix, { ...request, settings: { ...request.settings, textGuidance } }, signal);
}

export async function* edit(parts: EngineParts, request: Request<'edit'>, signal: AbortSignal): Job {
  const { language, template } = requireTask(parts, 'edit');
  const limit = parts.manifest.languageModel!.maxPromptTokens;
  const text = language.tokenizer.encodePrompt(request.instruction, limit, 'instruction');
  checkKept(parts.manifest, request.kept);
  const codes = yield* readCodes(parts, request.source, signal);
  const prefix = prefixFor(parts.manifest, template, text, codes, parts.manifest.tokens.count);
  return yield* draw(parts, prefix, request, signal);
}

async function* draw(
  parts: EngineParts,
  prefix: number[],
  request: Request<'generate' | 'edit'>,
  signal: AbortSignal,
): Job {
  const { manifest, language } = parts;
  const { variations, settings, seed } = request;
  const { count } = manifest.tokens;
  checkBase(parts, request.base);
  const sequences = Array.from({ length: variations }, () => new Array<number>(count).fill(0));
  const certainty = Array.from({ length: variations }, () => new Array<TokenCertainty>(count));
  // x_1 is pure noise; the previews and the final picture start from the same.
  const start = gaussianNoise(seed, variations, parts.decoder.size, manifest.diffusion.noiseScale);
  const previews = new LivePreviews(parts, start, sequences);
  yield { type: 'progress', phase: 'writing-tokens', done: 0, total: count };
  const writing = writeImageTokens({
    model: language!.model,
    manifest,
    prefix,
    seed,
    variations,
    temperature: settings.temperature,
    topK: settings.topK,
    guidance: settings.textGuidance,
    kept: request.kept,
    signal,
  });
  for await (const token of writing) {
    for (let variation = 0; variation < variations; variation++) {
      const code = token.codes[variation]!;
      sequences[variation]![token.index] = code;
      certainty[variation]![token.index] = token.certainty[variation]!;
      yield { type: 'token', variation, index: token.index, code, certainty: token.certainty[variation]! };
    }
    yield { type: 'progress', phase: 'writing-tokens', done: token.known, total: count };
    if (previews.due(token.known)) {
      const images = await previews.draw(token.known);
      for (const [variation, image] of images.entries()) {
        yield { type: 'preview', variation, knownTokens: token.known, step: 0, steps: settings.steps, image };
      }
    }
  }
  const images = yield* restoreAll(parts, sequences, start, settings, signal);
  const drawn = images.map((image, variation) => ({
    image,
    seed: seed + variation,
    codes: sequences[variation]!,
    certainty: certainty[variation]!,
  }));
  if (request.base === undefined) return { kind: request.kind, images: drawn };
  return { kind: request.kind, images: yield* compose(parts, request.base, drawn, signal) };
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
