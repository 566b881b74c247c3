/**
 * Everything of one pack that a comparison shows, made of ordinary engine jobs: drawn from the prompt, picture A restored, the interpolation
 * from A to B, the entropy by position. What this pack cannot do is reported with its reason, and the rest goes on.
 */
import { isCancelled, StudioError } from '../../../shared/errors.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { signalToNoise } from '../../../shared/pictures/psnr.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { packDefaults } from '../../../shared/jobs/presets.js';
import {
  interpolationOf,
  packComparisonLimits,
  packComparisonStrides,
  type PackComparisonNews,
  type PackComparisonPart,
} from '../../../shared/packs/pack-comparison.js';
import type { PackComparisonRequest } from '../../../shared/jobs/jobs.js';
import { seenByModel } from '../../engine/model/pixels.js';
import type { EngineRequest, EngineResult, ResultOf } from '../../engine/protocol.js';

/** An engine that has the pack open. `run` throws what the engine throws. */
export interface PackEngine {
  pack: PackSummary;
  provider: string;
  run: (request: EngineRequest, onEvent: (event: EngineEvent) => void) => Promise<EngineResult>;
}

export interface PackComparisonWork extends Pick<PackComparisonRequest, 'prompt' | 'seed' | 'steps'> {
  /** A, B and more for the entropy. */
  pictures: readonly RasterImage[];
}

export type PackComparisonReport = (event: Extract<EngineEvent, { type: 'progress' | 'pack-comparison' }>) => void;

/** Throws `cancelled`, and `engine-stopped` when the engine's process ended; anything else is a part that is missing. */
export async function comparePack(
  engine: PackEngine,
  work: PackComparisonWork,
  report: PackComparisonReport,
): Promise<void> {
  const tell = (news: PackComparisonNews): void => report({ type: 'pack-comparison', news });
  const { pack } = engine;
  tell({ part: 'pack', pack, provider: engine.provider });
  const attempt = async (part: PackComparisonPart, make: () => Promise<void>): Promise<void> => {
    try {
      await make();
    } catch (thrown) {
      if (isCancelled(thrown)) throw thrown;
      if (!(thrown instanceof StudioError) || thrown.code === 'engine-stopped') throw thrown;
      tell({ part, missing: `${thrown.message} ${thrown.remedy}` });
    }
  };
  const run = <Request extends EngineRequest>(request: Request): Promise<ResultOf<Request['kind']>> =>
    // The engine answers a request with a result of its kind; the protocol cannot say so in one type.
    engine.run(request, (event) => {
      if (event.type === 'progress') report(event);
    }) as Promise<ResultOf<Request['kind']>>;
  const decode = async (codes: number[]): Promise<RasterImage> => {
    const { seed, steps } = work;
    const tokenGuidance = pack.manifest.diffusion.defaultGuidance;
    return (await run({ kind: 'decode', codes, t: 1, keepFrom: 0, steps, seed, tokenGuidance })).image;
  };

  await attempt('drawn', async () => {
    if (work.prompt.trim() === '') return tell({ part: 'drawn', missing: 'There is no prompt.' });
    if (pack.manifest.languageModel === undefined) throw withoutLanguage(pack);
    const { images } = await run({
      kind: 'generate',
      prompt: work.prompt,
      seed: work.seed,
      variations: 1,
      settings: { ...packDefaults(pack.manifest), steps: work.steps },
    });
    tell({ part: 'drawn', image: images[0]!.image });
  });

  const [a, b] = work.pictures;
  const codes: number[][] = [];
  await attempt('restored', async () => {
    if (a === undefined) return tell({ part: 'restored', missing: 'There is no picture to restore.' });
    codes.push((await run({ kind: 'encode', image: a })).codes);
    const image = await decode(codes[0]!);
    tell({ part: 'restored', image, psnr: signalToNoise(seenByModel(a, pack.manifest.image), image) });
  });

  await attempt('interpolation', async () => {
    if (a === undefined || b === undefined) {
      return tell({ part: 'interpolation', missing: 'It takes two pictures.' });
    }
    if (codes.length === 0) return tell({ part: 'interpolation', missing: 'Picture A could not be read into tokens.' });
    codes.push((await run({ kind: 'encode', image: b })).codes);
    const steps = interpolationOf(pack.manifest, codes[0]!, codes[1]!);
    for (const [step, { replaced, codes: mixed }] of steps.entries()) {
      tell({ part: 'interpolation', step, replaced, image: await decode(mixed) });
      report({ type: 'progress', phase: 'restoring', done: step + 1, total: packComparisonStrides + 1 });
    }
  });

  await attempt('entropy', async () => {
    if (pack.manifest.languageModel === undefined) throw withoutLanguage(pack);
    const sources = work.pictures.map((image, index) =>
      codes[index] === undefined ? { image } : { codes: codes[index] },
    );
    const written = sources.length === 0;
    const { curves, pictures } = await run({
      kind: 'entropy',
      sources,
      strides: [0],
      ...(written && { samples: { count: packComparisonLimits.samples, seed: work.seed, prompt: '' } }),
    });
    tell({ part: 'entropy', entropy: curves[0]!.entropy, pictures, written });
  });
}

function withoutLanguage({ manifest }: PackSummary): StudioError {
  return new StudioError(
    'task-unsupported',
    `The pack ${manifest.name} has no language model.`,
    'It still restores and interpolates pictures.',
  );
}
