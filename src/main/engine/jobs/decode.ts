/** The decode job: from x_t at any `t`, with any tokens visible, down to the clean image. */
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { checkpoint } from '../cancellation.js';
import { everyToken, type Selection } from '../model/decoder.js';
import { checkCodes, requireKeepFrom, type EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { addNoise, denoise, stepsOf } from '../model/sampler.js';

export async function* decode(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'decode' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, space } = parts;
  checkCodes(manifest, request.codes);
  if (request.keepFrom > 0) requireKeepFrom(manifest);
  const { t, steps } = request;
  const { noiseScale } = manifest.diffusion;
  let x: Float32Array;
  if (t === 1) {
    x = gaussianNoise(request.seed, 1, parts.decoder.size, noiseScale);
  } else {
    const clean = yield* cleanImage(parts, request.codes, request.image, request.seed, signal);
    x = addNoise(clean, gaussianNoise(request.seed, 1, parts.decoder.size), t, noiseScale);
  }
  const known = Math.max(0, manifest.tokens.count - request.keepFrom);
  if (t > 0) {
    const selection: Selection = { keepFrom: request.keepFrom, hidden: request.hidden ?? [] };
    const denoising = denoise({
      predict: parts.decoder.predictor([request.codes], selection),
      x,
      from: t,
      steps,
      ...stepsOf(manifest, request.tokenGuidance),
      signal,
    });
    for await (const { step, x0Hat } of denoising) {
      yield { type: 'progress', phase: 'restoring', done: step, total: steps };
      if (step === steps) continue;
      const [image] = await space.toImages(x0Hat, 1);
      yield { type: 'preview', variation: 0, knownTokens: known, step, steps, image: image! };
    }
  }
  const [image] = await space.toImages(x, 1);
  return { kind: 'decode', image: image! };
}

/** x_0 in the decoder's space: of the image when there is one, else the full reconstruction of the tokens. */
export async function* cleanImage(
  parts: EngineParts,
  codes: readonly number[],
  image: RasterImage | undefined,
  seed: number,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, Float32Array> {
  const { manifest } = parts;
  if (image !== undefined) {
    await checkpoint(signal);
    return parts.space.fromPixels(parts.space.pixels(image));
  }
  const { defaultSteps, noiseScale } = manifest.diffusion;
  const x = gaussianNoise(seed, 1, parts.decoder.size, noiseScale);
  const denoising = denoise({
    predict: parts.decoder.predictor([codes], everyToken),
    x,
    from: 1,
    steps: defaultSteps,
    ...stepsOf(manifest),
    signal,
  });
  for await (const { step } of denoising) {
    yield { type: 'progress', phase: 'restoring', done: step, total: defaultSteps };
  }
  return x;
}
