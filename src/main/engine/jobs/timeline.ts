/** The timeline job: x_t, x0Hat without tokens and x0Hat with V_1…V_k(t), at many `t`, with the same noise everywhere. */
import type { EngineEvent, TimelinePosition } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';
import { tokensVisibleAt, visibilityMask } from '../../../shared/tokens.js';
import { AttributeMeter } from '../measures/attributes.js';
import { checkpoint } from '../cancellation.js';
import type { EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { codesTensor } from '../model/decoder.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { cleanImage } from './decode.js';
import { defaultPositions } from './positions.js';
import { readPictures } from './read-pictures.js';
import { addNoise } from '../model/sampler.js';

/** Positions of one evaluation, each two rows of the batch. The first is small, so that something shows at once. */
const firstBatch = 1;
const laterBatch = 8;

export async function* timeline(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'timeline' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest } = parts;
  const { source, seed } = request;
  const times = request.positions ?? defaultPositions(manifest);
  const codes = yield* readCodes(parts, source, signal);
  const { image } = source;
  const clean = yield* cleanImage(parts, codes, image, seed, signal);
  const noise = gaussianNoise(seed, 1, parts.decoder.size);
  const [reference] =
    image === undefined ? await parts.space.toImages(clean, 1) : parts.space.imagesOf(parts.space.pixels(image), 1);
  let meter: AttributeMeter | undefined;
  // Who names the positions knows which are looked at first.
  const order = request.positions === undefined ? spreadOrder(times.length) : times.map((_, index) => index);
  yield { type: 'progress', phase: 'computing-timeline', done: 0, total: times.length };
  for (let done = 0; done < order.length;) {
    await checkpoint(signal);
    const batch = order.slice(done, done + (done === 0 ? firstBatch : laterBatch));
    const { positions, nothing } = await positionsAt(parts, codes, clean, noise, times, batch, meter === undefined);
    meter ??= new AttributeMeter(reference!, nothing!);
    const read = (pane: 'restored' | 'alone') =>
      readPictures(
        parts,
        positions.map((position) => position[pane]),
      );
    const readings = await read('restored');
    const readingsAlone = request.readAlone === true ? await read('alone') : undefined;
    for (const [place, position] of positions.entries()) {
      const reading = readings?.[place];
      const readingAlone = readingsAlone?.[place];
      const shares = { shares: meter.shares(position.restored), sharesAlone: meter.shares(position.alone) };
      yield {
        type: 'position',
        position: { ...position, ...shares, ...(reading && { reading }), ...(readingAlone && { readingAlone }) },
      };
    }
    done += batch.length;
    yield { type: 'progress', phase: 'computing-timeline', done, total: times.length };
  }
  await checkpoint(signal);
  return { kind: 'timeline', positions: times.length };
}

/**
 * One evaluation for all of `batch`, two rows each; `withNothing` adds x0Hat of pure noise without tokens, the worst case the
 * attributes are measured against.
 */
async function positionsAt(
  parts: EngineParts,
  codes: readonly number[],
  clean: Float32Array,
  noise: Float32Array,
  times: readonly number[],
  batch: readonly number[],
  withNothing: boolean,
): Promise<{ positions: TimelinePosition[]; nothing: RasterImage | undefined }> {
  const { manifest, decoder, space } = parts;
  const { count, schedule } = manifest.tokens;
  const { size } = decoder;
  const rows = 2 * batch.length + (withNothing ? 1 : 0);
  const x = new Float32Array(rows * size);
  const rowTimes = new Float32Array(rows);
  const rowCodes = new BigInt64Array(rows * count);
  const visible = new Uint8Array(rows * count);
  const sequence = codesTensor([codes]);
  batch.forEach((index, place) => {
    const t = times[index]!;
    const noised = addNoise(clean, noise, t, manifest.diffusion.noiseScale);
    for (const row of [place, batch.length + place]) {
      x.set(noised, row * size);
      rowTimes[row] = t;
      rowCodes.set(sequence, row * count);
    }
    visible.set(visibilityMask(count, tokensVisibleAt(schedule, count, t)).map(Number), (batch.length + place) * count);
  });
  if (withNothing) {
    x.set(addNoise(clean, noise, 1, manifest.diffusion.noiseScale), (rows - 1) * size);
    rowTimes[rows - 1] = 1;
  }
  // x_t is turned into pixels first: a velocity decoder's answer is computed from it afterwards.
  const noised = await space.toImages(x.subarray(0, batch.length * size), batch.length);
  const restored = await space.toImages(await decoder.restore(x, rowTimes, rowCodes, visible), rows);
  const positions = batch.map((index, place) => ({
    index,
    t: times[index]!,
    visibleTokens: tokensVisibleAt(schedule, count, times[index]!),
    noised: noised[place]!,
    alone: restored[place]!,
    restored: restored[batch.length + place]!,
  }));
  return { positions, nothing: withNothing ? restored[rows - 1] : undefined };
}

/** 0…count-1, the middle first and then ever finer: wherever the slider is dropped, something near it is already there. */
export function spreadOrder(count: number): number[] {
  const order: number[] = [];
  const gaps: [number, number][] = [[0, count]];
  for (let gap = gaps.shift(); gap !== undefined; gap = gaps.shift()) {
    const [from, to] = gap;
    if (from >= to) continue;
    const middle = (from + to) >> 1;
    order.push(middle);
    gaps.push([from, middle], [middle + 1, to]);
  }
  return order;
}
