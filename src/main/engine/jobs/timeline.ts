/** The timeline job: x_t, x0Hat without tokens and x0Hat with V_1…V_k(t), at many `t`, with the same noise everywhere. */
import type { EngineEvent, TimelinePosition } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { tokensVisibleAt } from '../../../shared/tokens/tokens.js';
import { AttributeMeter } from '../measures/attributes.js';
import { checkpoint } from '../cancellation.js';
import type { EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { cleanImage } from './decode.js';
import { defaultPositions, inBatches } from './positions.js';
import { readPictures } from './read-pictures.js';
import { nothingSeen, restoreRows, seenAt, type Row } from './restore-rows.js';
import { addNoise } from '../model/sampler.js';

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
  let done = 0;
  for (const batch of inBatches(order)) {
    await checkpoint(signal);
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
  const { tokens, diffusion } = parts.manifest;
  const rowsAt = (t: number): { x: Float32Array; t: number } => ({
    x: addNoise(clean, noise, t, diffusion.noiseScale),
    t,
  });
  const noisedRows = batch.map((index) => rowsAt(times[index]!));
  const alone = noisedRows.map((row): Row => ({ ...row, sees: nothingSeen }));
  const seen = noisedRows.map((row): Row => ({ ...row, sees: seenAt(tokens, row.t) }));
  const worst = withNothing ? [{ ...rowsAt(1), sees: nothingSeen }] : [];
  const noised = await parts.space.toImages(joined(noisedRows.map(({ x }) => x)), batch.length);
  const restored = await restoreRows(parts, codes, [...alone, ...seen, ...worst]);
  const positions = batch.map((index, place) => ({
    index,
    t: times[index]!,
    visibleTokens: tokensVisibleAt(tokens.schedule, tokens.count, times[index]!),
    noised: noised[place]!,
    alone: restored[place]!,
    restored: restored[batch.length + place]!,
  }));
  return { positions, nothing: withNothing ? restored.at(-1) : undefined };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  rows.forEach((row, at) => whole.set(row, at * row.length));
  return whole;
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
