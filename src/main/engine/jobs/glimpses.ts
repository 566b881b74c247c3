/** One evaluation of the decoder from pure noise, each row with a choice of tokens of its own. */
import type { RasterImage } from '../../../shared/images.js';
import type { EngineParts } from '../pack/open-pack.js';
import { codesTensor } from '../model/decoder.js';

/** Whether the decoder sees token `index`. */
export type Sees = (index: number) => boolean;

/** x0Hat at t = 1 of `noise` [size], already scaled, for each choice of visible tokens; same noise and codes in all. */
export async function glimpses(
  { manifest, decoder, space }: EngineParts,
  codes: readonly number[],
  noise: Float32Array,
  choices: readonly Sees[],
): Promise<RasterImage[]> {
  const { count } = manifest.tokens;
  const rows = choices.length;
  const x = new Float32Array(rows * noise.length);
  const rowCodes = new BigInt64Array(rows * count);
  const visible = new Uint8Array(rows * count);
  const sequence = codesTensor([codes]);
  choices.forEach((sees, row) => {
    x.set(noise, row * noise.length);
    rowCodes.set(sequence, row * count);
    for (let index = 0; index < count; index++) visible[row * count + index] = Number(sees(index));
  });
  return space.toImages(await decoder.restore(x, new Float32Array(rows).fill(1), rowCodes, visible), rows);
}
