/** The analyses that decode: the power spectrum against the number of tokens, and the same tokens from different noise. */
import type { EngineEvent } from '../../../shared/contract/events.js';
import { signalToNoise } from '../../../shared/pictures/psnr.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { influenceMap } from '../../../shared/tokens/influence.js';
import { doublingCounts, type SpectrumCurve } from '../../../shared/tokens/analyses.js';
import { tokensVisibleAt, visibilityMask } from '../../../shared/tokens/tokens.js';
import { StudioError } from '../../../shared/errors.js';
import { codesTensor } from '../model/decoder.js';
import { requireKeepFrom, type EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { denoise, stepsOf } from '../model/sampler.js';
import { radialPower } from '../measures/spectrum.js';

/** Pictures decoded at once: few enough that one shows, and a cancel is heard, soon. */
const batchRows = 4;

/** Throws `task-unsupported` for fewer than K tokens in a pack that was not trained for it, `tokens-invalid` for more than K. */
export async function* measureSpectrum(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'spectrum' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, space } = parts;
  const { count } = manifest.tokens;
  const counts = [...new Set(request.counts ?? doublingCounts(count))].sort((a, b) => a - b);
  if (counts[0]! < count) requireKeepFrom(manifest);
  if (counts.at(-1)! > count) {
    throw new StudioError(
      'tokens-invalid',
      `${counts.at(-1)} tokens were asked for; this pack writes a picture with ${count}.`,
      `Ask for at most ${count}.`,
    );
  }
  const codes = yield* readCodes(parts, request.source, signal);
  const curves: SpectrumCurve[] = [];
  if (request.source.image !== undefined) {
    const [image] = space.imagesOf(space.pixels(request.source.image), 1);
    const curve = { tokens: null, power: radialPower(image!) };
    curves.push(curve);
    yield { type: 'spectrum', curve, image: image! };
  }
  for (let done = 0; done < counts.length; done += batchRows) {
    const batch = counts.slice(done, done + batchRows);
    const rows = batch.map((tokens) => ({ keepFrom: count - tokens, seed: request.seed }));
    const images = yield* decodeRows(parts, codes, rows, request.steps, { done, total: counts.length }, signal);
    for (const [place, tokens] of batch.entries()) {
      const curve = { tokens, power: radialPower(images[place]!) };
      curves.push(curve);
      yield { type: 'spectrum', curve, image: images[place]! };
    }
  }
  return { kind: 'spectrum', curves };
}

export async function* compareSeeds(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'seeds' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const codes = yield* readCodes(parts, request.source, signal);
  const seeds = Array.from({ length: request.count }, (_, index) => request.seed + index);
  const images: RasterImage[] = [];
  for (let done = 0; done < seeds.length; done += batchRows) {
    const rows = seeds.slice(done, done + batchRows).map((seed) => ({ keepFrom: 0, seed }));
    const decoded = yield* decodeRows(parts, codes, rows, request.steps, { done, total: seeds.length }, signal);
    for (const [place, image] of decoded.entries()) {
      images.push(image);
      const agreement = images.length === 1 ? null : signalToNoise(images[0]!, image);
      yield { type: 'seed-picture', picture: { seed: rows[place]!.seed, image, agreement } };
    }
  }
  if (parts.renderer !== undefined) {
    const [image] = await parts.renderer.draw(codesTensor([codes]));
    yield {
      type: 'seed-picture',
      picture: { seed: null, image: image!, agreement: signalToNoise(images[0]!, image!) },
    };
  }
  const spread = spreadOf(images);
  const pairs = images.flatMap((a, index) => images.slice(index + 1).map((b) => signalToNoise(a, b)));
  const known = pairs.filter((value) => value !== null);
  return {
    kind: 'seeds',
    spread: influenceMap(spread, images[0]!.width, images[0]!.height),
    meanSpread: spread.reduce((sum, value) => sum + value, 0) / spread.length,
    agreement: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
  };
}

/** Full restorations from pure noise; row i sees the tokens `keepFrom <= index < k(t)` and starts from its seed's noise. */
async function* decodeRows(
  { manifest, decoder, space }: EngineParts,
  codes: readonly number[],
  rows: readonly { keepFrom: number; seed: number }[],
  steps: number,
  { done, total }: { done: number; total: number },
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, RasterImage[]> {
  const { count, schedule } = manifest.tokens;
  const { noiseScale } = manifest.diffusion;
  const x = new Float32Array(rows.length * decoder.size);
  rows.forEach(({ seed }, row) => x.set(gaussianNoise(seed, 1, decoder.size, noiseScale), row * decoder.size));
  const sequences = codesTensor(rows.map(() => codes));
  const steppedThrough = denoise({
    predict: async (at, t, sights) => {
      const times = new Float32Array(rows.length).fill(t);
      const guesses: Float32Array[] = [];
      for (const sight of sights) {
        const visible = new Uint8Array(rows.length * count);
        if (sight === 'scheduled') {
          rows.forEach(({ keepFrom }, row) =>
            visible.set(visibilityMask(count, tokensVisibleAt(schedule, count, t), keepFrom).map(Number), row * count),
          );
        }
        guesses.push(await decoder.restore(at, times, sequences, visible));
      }
      return guesses;
    },
    x,
    from: 1,
    steps,
    ...stepsOf(manifest),
    signal,
  });
  for await (const { step } of steppedThrough) {
    yield {
      type: 'progress',
      phase: 'analysing',
      done: done * steps + step * rows.length,
      total: total * steps,
    };
  }
  return space.toImages(x, rows.length);
}

/** Standard deviation at each pixel, mean of the channels, 0…1. */
function spreadOf(images: readonly RasterImage[]): Float32Array {
  const pixels = images[0]!.width * images[0]!.height;
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    let deviation = 0;
    for (let at = 4 * pixel; at < 4 * pixel + 3; at++) {
      let sum = 0;
      let squares = 0;
      for (const { data } of images) {
        sum += data[at]!;
        squares += data[at]! * data[at]!;
      }
      deviation += Math.sqrt(Math.max(0, squares / images.length - (sum / images.length) ** 2));
    }
    return deviation / (3 * 255);
  });
}
