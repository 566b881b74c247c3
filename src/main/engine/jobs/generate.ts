/** Jobs that write new images: generate and edit. Tokens first, with live previews; then the diffusion decoder. */
import type { GenerationSettings, TokenCertainty } from '../../../shared/document/document.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { changedRegion } from '../../../shared/pictures/changed-region.js';
import type { Mask } from '../../../shared/pictures/mask.js';
import { checkReading, indexOfBest, readAgain, readPlanAgain, roundsOf, type Draft } from './caption-ranking.js';
import { checkBase, compose } from './compose.js';
import { everyToken } from '../model/decoder.js';
import { checkKept, prefixFor, requireTask, type EngineParts } from '../pack/open-pack.js';
import { plans as plansAhead, plansFor, sourceDescription, type Plan } from './plans.js';
import { LivePreviews } from './previews.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { denoise, stepsOf } from '../model/sampler.js';
import { writeImageTokens } from '../model/generate-tokens.js';

type Request<Kind extends EngineRequest['kind']> = Extract<EngineRequest, { kind: Kind }>;
type Job = AsyncGenerator<EngineEvent, EngineResult>;

export async function* generate(parts: EngineParts, request: Request<'generate'>, signal: AbortSignal): Job {
  const { language, template } = requireTask(parts, 'textToImage');
  const { maxPromptTokens, unconditional } = parts.manifest.languageModel!;
  const { count } = parts.manifest.tokens;
  checkKept(parts.manifest, request.kept);
  const wordless = request.kept !== undefined && request.prompt.trim() === '';
  const text = wordless ? [] : language.tokenizer.encodePrompt(request.prompt, maxPromptTokens, 'prompt');
  const { bestOf = 1 } = request.settings;
  const chooses = !wordless && bestOf > 1;
  if (chooses) checkReading(parts, text);
  const plans = wordless ? [] : yield* plansFor(parts, 'plan', { text }, request, signal);
  const prefixes = eachOf(plans).map((plan) =>
    prefixFor(parts.manifest, wordless ? unconditional : template, { text: plan?.ids ?? text }, count),
  );
  // Without words there is nothing for guidance to lead towards.
  const textGuidance = wordless ? 1 : request.settings.textGuidance;
  const choice = chooses ? { bestOf, words: text } : null;
  const guided = { ...request, settings: { ...request.settings, textGuidance } };
  return yield* draw(parts, guided, { prefixes, plans, choice }, signal);
}

export async function* edit(parts: EngineParts, request: Request<'edit'>, signal: AbortSignal): Job {
  const { manifest } = parts;
  const planned = plansAhead(parts, 'editPlan', request.plan);
  const { language } = requireTask(parts, planned ? 'editFromPlan' : 'edit');
  const limit = manifest.languageModel!.maxPromptTokens;
  const text = language.tokenizer.encodePrompt(request.instruction, limit, 'instruction');
  checkKept(manifest, request.kept);
  const codes = yield* readCodes(parts, request.source, signal);
  const description = planned ? yield* sourceDescription(parts, codes, signal) : [];
  const filling = { text, codes, description };
  const plans = planned ? yield* plansFor(parts, 'editPlan', filling, request, signal) : [];
  const fromPlan = (plan: readonly number[]): number[] =>
    prefixFor(manifest, requireTask(parts, 'editFromPlan').template, { ...filling, plan }, manifest.tokens.count);
  const prefixes = eachOf(plans).map((plan) =>
    plan === null
      ? prefixFor(manifest, requireTask(parts, 'edit').template, { text, codes }, manifest.tokens.count)
      : fromPlan(plan.ids),
  );
  // What the model would draw if the instruction changed nothing: its own picture of the source, not the source.
  const isPlanned = plans.some((plan) => plan !== null);
  const unchanged = isPlanned && description.length > 0 ? fromPlan(description) : null;
  const { bestOf = 1 } = request.settings;
  // Without a plan there is nothing the result could be read against.
  const choice = isPlanned && bestOf > 1 ? { bestOf, words: null } : null;
  return yield* draw(parts, request, { prefixes, plans, choice, source: { codes, unchanged } }, signal);
}

/** Without plans all variations are drawn straight from the words. */
function eachOf(plans: readonly (Plan | null)[]): readonly (Plan | null)[] {
  return plans.length === 0 ? [null] : plans;
}

/** What a picture is drawn from. Prefixes and plans: one for all variations, or one for each. */
interface Sketch {
  prefixes: number[][];
  plans: readonly (Plan | null)[];
  /** How many token sequences are written for one picture, and the words the kept one must be read in where there is no plan. */
  choice: { bestOf: number; words: readonly number[] | null } | null;
  /** What is edited, and the prefix from which it would be written as the model describes it; null without a description. */
  source?: { codes: readonly number[]; unchanged: number[] | null };
}

async function* draw(
  parts: EngineParts,
  request: Request<'generate' | 'edit'>,
  sketch: Sketch,
  signal: AbortSignal,
): Job {
  const { variations, settings, seed, base } = request;
  checkBase(parts, base);
  const planOf = (variation: number): Plan | null => sketch.plans[variation % sketch.plans.length] ?? null;
  if (sketch.choice !== null) for (const plan of sketch.plans) if (plan !== null) checkReading(parts, plan.ids);
  const written = yield* writeAll(parts, sketch, request, noiseFor(parts, request), signal);
  const chosen =
    sketch.choice === null
      ? written.map(([only]) => only!)
      : yield* choose(parts, written, sketch.choice.words ?? [], planOf, signal);
  const comparesWith = request.kind === 'edit' && keepsRest(request) ? sketch.source : undefined;
  const total = settings.steps * (comparesWith === undefined ? 1 : 2);
  const images = yield* restoreAll(
    parts,
    chosen.map(({ codes }) => codes),
    noiseFor(parts, request),
    settings,
    { done: 0, total, shows: true },
    signal,
  );
  const drawn = images.map((image, variation) => {
    const plan = planOf(variation);
    return {
      image,
      seed: seed + variation,
      ...chosen[variation]!,
      ...(plan === null ? {} : { plan: plan.text }),
    };
  });
  if (base === undefined) return { kind: request.kind, images: drawn };
  let regions: Mask[] | undefined;
  if (comparesWith !== undefined) {
    const { codes, unchanged } = comparesWith;
    const before = yield* restoreAll(
      parts,
      unchanged === null
        ? Array.from({ length: variations }, () => [...codes])
        : await writeUnseen(parts, unchanged, request, signal),
      noiseFor(parts, request),
      settings,
      { done: settings.steps, total, shows: false },
      signal,
    );
    regions = images.map((image, variation) => changedRegion(before[variation]!, image));
  }
  return { kind: request.kind, images: yield* compose(parts, base, drawn, regions, signal) };
}

/** x_1 of every variation is pure noise; previews, the final picture and what it is compared with start from the same. */
function noiseFor(
  { decoder, manifest }: EngineParts,
  { seed, variations }: Request<'generate' | 'edit'>,
): Float32Array {
  return gaussianNoise(seed, variations, decoder.size, manifest.diffusion.noiseScale);
}

/** A painted mask says where an edit may change the picture; without one the edit itself does. */
function keepsRest({ base, region }: Request<'edit'>): boolean {
  return base !== undefined && base.mask === undefined && region !== 'whole';
}

/**
 * Drafts of every variation: [variations][drafts]. Tokens and previews are reported of the first ones, whose previews
 * start from `start`.
 */
async function* writeAll(
  parts: EngineParts,
  { prefixes, choice }: Sketch,
  request: Request<'generate' | 'edit'>,
  start: Float32Array,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, Draft[][]> {
  const { variations, settings } = request;
  const { count } = parts.manifest.tokens;
  const bestOf = choice?.bestOf ?? 1;
  const written = Array.from({ length: variations }, () =>
    Array.from({ length: bestOf }, (): Draft => ({
      codes: new Array<number>(count).fill(0),
      certainty: new Array<TokenCertainty>(count),
    })),
  );
  const previews = new LivePreviews(
    parts,
    start,
    written.map(([first]) => first!.codes),
  );
  const rounds = roundsOf(bestOf, variations);
  const total = count * rounds.length;
  yield { type: 'progress', phase: 'writing-tokens', done: 0, total };
  for (const [round, { from, count: together }] of rounds.entries()) {
    const writing = writingOf(parts, request, prefixes, { from, count: together }, signal);
    for await (const token of writing) {
      for (const [row, code] of token.codes.entries()) {
        const variation = row % variations;
        const draft = from + Math.floor(row / variations);
        const certainty = token.certainty[row]!;
        const { codes, certainty: all } = written[variation]![draft]!;
        codes[token.index] = code;
        all[token.index] = certainty;
        if (draft === 0) yield { type: 'token', variation, index: token.index, code, certainty };
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

/** Codes of every variation, written from one prefix with the chance that the shown ones have. */
async function writeUnseen(
  parts: EngineParts,
  prefix: number[],
  request: Request<'generate' | 'edit'>,
  signal: AbortSignal,
): Promise<number[][]> {
  const { count } = parts.manifest.tokens;
  const written = Array.from({ length: request.variations }, () => new Array<number>(count).fill(0));
  const writing = writingOf(parts, request, [prefix], { from: 0, count: 1 }, signal);
  for await (const token of writing) token.codes.forEach((code, row) => (written[row]![token.index] = code));
  return written;
}

/** Tokens as they are written from these prefixes, with the settings and the chance of the request. */
function writingOf(
  { manifest, language }: EngineParts,
  { variations, settings, seed, kept }: Request<'generate' | 'edit'>,
  prefixes: number[][],
  drafts: { from: number; count: number },
  signal: AbortSignal,
): ReturnType<typeof writeImageTokens> {
  const { temperature, topK, topP, textGuidance: guidance } = settings;
  const { model } = language!;
  return writeImageTokens({
    model,
    manifest,
    prefixes,
    seed,
    variations,
    drafts,
    temperature,
    topK,
    topP,
    guidance,
    kept,
    signal,
  });
}

/** Of each variation the draft in which the model best reads its plan again, or, where there is none, the words. */
async function* choose(
  parts: EngineParts,
  written: readonly Draft[][],
  words: readonly number[],
  planOf: (variation: number) => Plan | null,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, Draft[]> {
  yield { type: 'progress', phase: 'choosing', done: 0, total: written.length };
  const chosen: Draft[] = [];
  for (const [variation, drafts] of written.entries()) {
    const plan = planOf(variation);
    const readings =
      plan === null ? readAgain(parts, words, drafts, signal) : readPlanAgain(parts, plan.ids, drafts, signal);
    chosen.push(drafts[indexOfBest(await readings)]!);
    yield { type: 'progress', phase: 'choosing', done: chosen.length, total: written.length };
  }
  return chosen;
}

/** From x_1 to clean pictures, with a preview every few steps where they are shown. Changes `start`. */
async function* restoreAll(
  parts: EngineParts,
  sequences: readonly number[][],
  start: Float32Array,
  settings: GenerationSettings,
  { done, total, shows }: { done: number; total: number; shows: boolean },
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
    ...stepsOf(parts.manifest, tokenGuidance),
    signal,
  });
  const knownTokens = parts.manifest.tokens.count;
  for await (const { step, x0Hat } of denoising) {
    yield { type: 'progress', phase: 'restoring', done: done + step, total };
    if (!shows || step === steps || step % every !== 0) continue;
    for (const [variation, image] of (await parts.space.toImages(x0Hat, sequences.length)).entries()) {
      yield { type: 'preview', variation, knownTokens, step, steps, image };
    }
  }
  return parts.space.toImages(start, sequences.length);
}
