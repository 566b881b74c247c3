/** The captions job: what the language model says of the restored pane of a timeline, at many `t`, with the same noise. */
import type { CaptionReading } from '../../../shared/tokens/attributes.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { checkpoint } from '../cancellation.js';
import { encodePixels } from '../model/encoder.js';
import { prefixFor, requireTask, type EngineParts, type LanguagePart } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { defaultPositions, inBatches } from './positions.js';
import { restoreRows, seenAt } from './restore-rows.js';
import { cleanImage } from './decode.js';
import { addNoise } from '../model/sampler.js';
import { writeTexts, type WrittenId } from '../model/generate-tokens.js';

export async function* captions(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'captions' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, decoder } = parts;
  const { source, seed } = request;
  requireTask(parts, 'caption');
  const times = request.positions ?? defaultPositions(manifest);
  const codes = yield* readCodes(parts, source, signal);
  const clean = yield* cleanImage(parts, codes, source.image, seed, signal);
  const noise = gaussianNoise(seed, 1, decoder.size);
  yield { type: 'progress', phase: 'writing-text', done: 0, total: times.length };
  let done = 0;
  for (const batch of inBatches(times)) {
    await checkpoint(signal);
    const restored = await restoredAt(parts, codes, clean, noise, batch);
    const said = await describeAll(parts, restored, signal);
    for (const [place, caption] of said.entries()) {
      yield { type: 'caption', caption: { index: done + place, t: batch[place]!, ...caption } };
    }
    done += batch.length;
    yield { type: 'progress', phase: 'writing-text', done, total: times.length };
  }
  await checkpoint(signal);
  return { kind: 'captions', positions: times.length };
}

/** x0Hat with V_1…V_k(t), as the timeline's restored pane shows it. */
function restoredAt(
  parts: EngineParts,
  codes: readonly number[],
  clean: Float32Array,
  noise: Float32Array,
  times: readonly number[],
): Promise<RasterImage[]> {
  const { tokens, diffusion } = parts.manifest;
  return restoreRows(
    parts,
    codes,
    times.map((t) => ({ x: addNoise(clean, noise, t, diffusion.noiseScale), t, sees: seenAt(tokens, t) })),
  );
}

/** Every picture read into tokens, and described by the likeliest words. Throws `task-unsupported`. */
export async function describeAll(
  parts: EngineParts,
  pictures: readonly RasterImage[],
  signal: AbortSignal,
): Promise<CaptionReading[]> {
  const { manifest, encoder, space } = parts;
  const { language, template } = requireTask(parts, 'caption');
  const prefixes: number[][] = [];
  for (const picture of pictures) {
    await checkpoint(signal);
    const codes = await encodePixels(encoder, manifest, space.pixels(picture));
    prefixes.push(prefixFor(manifest, template, { codes }, 1));
  }
  const written = pictures.map((): WrittenId[] => []);
  const { model, textIds } = language;
  for await (const next of writeTexts({ model, manifest, prefixes, textIds, signal })) {
    next.forEach((chosen, row) => {
      if (chosen !== null) written[row]!.push(chosen);
    });
  }
  return written.map((ids) => captionOf(ids, manifest.languageModel!.specialTokens.end, language.tokenizer));
}

/** Words with their probabilities. A piece belongs to the word it ends in, the end token to none. */
export function captionOf(
  written: readonly WrittenId[],
  end: number,
  tokenizer: Pick<LanguagePart['tokenizer'], 'decode'>,
): CaptionReading {
  const pieces = written.filter(({ id }) => id !== end);
  const ids = pieces.map(({ id }) => id);
  const texts = wordsOf(tokenizer.decode(ids));
  if (texts.length === 0) return { words: [], confidence: written[0]?.probability ?? 1 };
  const words = texts.map((text) => ({ text, probability: 1 }));
  pieces.forEach(({ probability }, at) => {
    const begun = wordsOf(tokenizer.decode(ids.slice(0, at + 1))).length;
    words[Math.min(words.length, Math.max(1, begun)) - 1]!.probability *= probability;
  });
  const logarithms = words.reduce((sum, { probability }) => sum + Math.log(probability), 0);
  return { words, confidence: Math.exp(logarithms / words.length) };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
