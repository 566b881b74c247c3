/** Jobs that read an image: encode, describe, ask. */
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { fillsSlot, type LanguageTask } from '../../../shared/packs/pack.js';
import { generationIndices } from '../../../shared/tokens/tokens.js';
import { checkpoint } from '../cancellation.js';
import { encodePixels } from '../model/encoder.js';
import { checkCodes, prefixFor, requireTask, type EngineParts } from '../pack/open-pack.js';
import type { EngineImage, EngineRequest, EngineResult } from '../protocol.js';
import { writeText } from '../model/generate-tokens.js';
import { sourceDescription } from './plans.js';

type Request<Kind extends EngineRequest['kind']> = Extract<EngineRequest, { kind: Kind }>;
type Job = AsyncGenerator<EngineEvent, EngineResult>;

export async function* encode(parts: EngineParts, request: Request<'encode'>, signal: AbortSignal): Job {
  return { kind: 'encode', codes: yield* readImage(parts, request.image, signal) };
}

export async function* describe(parts: EngineParts, request: Request<'describe'>, signal: AbortSignal): Job {
  return { kind: 'describe', text: yield* answer(parts, 'caption', request.source, undefined, signal) };
}

export async function* ask(parts: EngineParts, request: Request<'ask'>, signal: AbortSignal): Job {
  return { kind: 'ask', text: yield* answer(parts, 'question', request.source, request.question, signal) };
}

/** The codes of a source: given ones are checked, an image is encoded and its tokens reported. */
export async function* readCodes(
  parts: EngineParts,
  source: EngineImage,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, number[]> {
  if (!('codes' in source)) return yield* readImage(parts, source.image, signal);
  checkCodes(parts.manifest, source.codes);
  return source.codes;
}

async function* readImage(
  parts: EngineParts,
  image: RasterImage,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, number[]> {
  const { manifest } = parts;
  yield { type: 'progress', phase: 'reading-image', done: 0, total: 1 };
  await checkpoint(signal);
  const codes = await encodePixels(parts.encoder, manifest, parts.space.pixels(image));
  for (const index of generationIndices(manifest.tokens.generationOrder, manifest.tokens.count)) {
    yield { type: 'token', variation: 0, index, code: codes[index]! };
  }
  yield { type: 'progress', phase: 'reading-image', done: 1, total: 1 };
  return codes;
}

async function* answer(
  parts: EngineParts,
  task: LanguageTask,
  source: EngineImage,
  question: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, string> {
  const { manifest } = parts;
  const { language, template } = requireTask(parts, task);
  const limit = manifest.languageModel!.maxPromptTokens;
  const words = question === undefined ? [] : language.tokenizer.encodePrompt(question, limit, 'question');
  const codes = yield* readCodes(parts, source, signal);
  const description = fillsSlot(template, 'description') ? yield* sourceDescription(parts, codes, signal) : [];
  const prefix = prefixFor(manifest, template, { text: words, codes, description }, 1);
  const total = manifest.languageModel!.defaults.maxTextTokens;
  const ids: number[] = [];
  let text = '';
  yield { type: 'progress', phase: 'writing-text', done: 0, total };
  for await (const id of writeText({ model: language.model, manifest, prefix, textIds: language.textIds, signal })) {
    ids.push(id);
    text = language.tokenizer.decode(ids);
    yield { type: 'text', text };
    yield { type: 'progress', phase: 'writing-text', done: ids.length, total };
  }
  return text;
}
