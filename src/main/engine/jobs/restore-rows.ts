/** One evaluation of the decoder for one sequence of tokens, each row with x_t, t and a choice of tokens of its own. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { tokensVisibleAt } from '../../../shared/tokens/tokens.js';
import type { EngineParts } from '../pack/open-pack.js';
import { codesTensor } from '../model/decoder.js';

/** Whether the decoder sees token `index`. */
export type Sees = (index: number) => boolean;

export const nothingSeen: Sees = () => false;

/** V_1…V_k(t). */
export function seenAt({ schedule, count }: Pick<PackManifest['tokens'], 'schedule' | 'count'>, t: number): Sees {
  const visible = tokensVisibleAt(schedule, count, t);
  return (index) => index < visible;
}

export interface Row {
  /** [size], copied. */
  x: Float32Array;
  t: number;
  sees: Sees;
}

/** Rows of one evaluation: few enough that something shows, and a cancel is heard, soon. */
export const batchRows = 8;

/** x0Hat of each row, in their order. */
export async function restoreRows(
  { manifest, decoder, space }: EngineParts,
  codes: readonly number[],
  rows: readonly Row[],
): Promise<RasterImage[]> {
  const { count } = manifest.tokens;
  const x = new Float32Array(rows.length * decoder.size);
  const times = new Float32Array(rows.length);
  const visible = new Uint8Array(rows.length * count);
  rows.forEach((row, at) => {
    x.set(row.x, at * decoder.size);
    times[at] = row.t;
    for (let index = 0; index < count; index++) visible[at * count + index] = Number(row.sees(index));
  });
  const restored = await decoder.restore(x, times, codesTensor(rows.map(() => codes)), visible);
  return space.toImages(restored, rows.length);
}

/** x0Hat at t = 1 of `noise` [size], already scaled, for each choice of visible tokens; same noise and codes in all. */
export function glimpses(
  parts: EngineParts,
  codes: readonly number[],
  noise: Float32Array,
  choices: readonly Sees[],
): Promise<RasterImage[]> {
  return restoreRows(
    parts,
    codes,
    choices.map((sees) => ({ x: noise, t: 1, sees })),
  );
}
