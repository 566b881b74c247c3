/** The film job: the picture from pure noise with ever more of its coarsest tokens, and what is read in each. */
import type { EngineEvent } from '../../../shared/contract/events.js';
import { filmCounts } from '../../../shared/tokens/build-up.js';
import { StudioError } from '../../../shared/errors.js';
import { checkpoint } from '../cancellation.js';
import { requireKeepFrom, type EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { describeAll } from './captions.js';
import { readCodes } from './describe.js';
import { readPictures } from './read-pictures.js';
import { glimpses } from './restore-rows.js';

/** Rows of one evaluation: the coarse half of a film of eight is shown while the fine half is computed. */
const filmRows = 4;

/** Throws `task-unsupported` for a pack that was not trained to decode from its coarse tokens, `tokens-invalid` for more than K. */
export async function* film(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'film' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, decoder } = parts;
  const { count } = manifest.tokens;
  requireKeepFrom(manifest);
  const counts = request.counts ?? filmCounts(count);
  checkCounts(counts, count);
  const codes = yield* readCodes(parts, request.source, signal);
  const noise = gaussianNoise(request.seed, 1, decoder.size, manifest.diffusion.noiseScale);
  const describes = parts.probe === undefined && canDescribe(parts);
  const total = counts.length * (describes ? 2 : 1);
  yield { type: 'progress', phase: 'computing-timeline', done: 0, total };
  for (let done = 0; done < counts.length; done += filmRows) {
    await checkpoint(signal);
    const batch = counts.slice(done, done + filmRows);
    const images = await glimpses(
      parts,
      codes,
      noise,
      batch.map((tokens) => (index) => index >= count - tokens),
    );
    const readings = await readPictures(parts, images);
    for (const [place, image] of images.entries()) {
      const reading = readings?.[place];
      const picture = { index: done + place, tokens: batch[place]!, image, ...(reading && { reading }) };
      yield { type: 'film-picture', picture };
    }
    yield { type: 'progress', phase: 'computing-timeline', done: done + batch.length, total };
    if (!describes) continue;
    const said = await describeAll(parts, images, signal);
    for (const [place, caption] of said.entries()) {
      yield { type: 'film-caption', caption: { index: done + place, ...caption } };
    }
  }
  await checkpoint(signal);
  return { kind: 'film', counts: [...counts] };
}

function canDescribe({ manifest, language }: EngineParts): boolean {
  return language !== undefined && manifest.languageModel?.templates.caption !== undefined;
}

function checkCounts(counts: readonly number[], count: number): void {
  const wrong = counts.find((tokens) => tokens > count);
  if (wrong === undefined) return;
  throw new StudioError(
    'tokens-invalid',
    `${wrong} tokens were asked for; this pack writes a picture with ${count}.`,
    `Ask for at most ${count}.`,
  );
}
