/** The diffusion decoder as one batched call: x_t, times, codes and visible tokens in, x0Hat out. */
import type { PackManifest } from '../../../shared/packs/pack.js';
import { tokensVisibleAt, visibilityMask } from '../../../shared/tokens/tokens.js';
import { bool, float32, floatsOf, int64, type Graph } from './graph.js';
import { toCleanImage, type Predict, type Sight } from './sampler.js';

/** Tokens left out besides those the schedule hides. */
export interface Selection {
  /** Only tokens `keepFrom <= i` are seen. */
  keepFrom: number;
  hidden: readonly number[];
}

export const everyToken: Selection = { keepFrom: 0, hidden: [] };

export class Decoder {
  /** Values of one picture in the decoder's space. */
  readonly size: number;
  private readonly shape: readonly number[];

  constructor(
    private readonly graph: Graph,
    private readonly manifest: PackManifest,
  ) {
    const { image } = manifest;
    this.shape =
      image.latent === undefined
        ? [image.channels, image.height, image.width]
        : [image.latent.channels, image.latent.height, image.latent.width];
    this.size = this.shape.reduce((product, side) => product * side, 1);
  }

  /** x [B, size], times [B], codes [B·K], visible [B·K] of 0 and 1 → x0Hat [B, size]. */
  async restore(
    x: Float32Array,
    times: Float32Array,
    codes: BigInt64Array,
    visible: Uint8Array,
  ): Promise<Float32Array> {
    const batch = times.length;
    const count = this.manifest.tokens.count;
    const outputs = await this.graph.run({
      x: float32(x, [batch, ...this.shape]),
      t: float32(times, [batch]),
      tokens: int64(codes, [batch, count]),
      visible: bool(visible, [batch, count]),
    });
    const { parameterisation } = this.manifest.diffusion;
    return toCleanImage(floatsOf(outputs, parameterisation), x, times, parameterisation);
  }

  /** The sampler's view of a batch of token sequences: masks from the schedule, buffers kept between steps. */
  predictor(sequences: readonly (readonly number[])[], selection: Selection): Predict {
    const { count, schedule } = this.manifest.tokens;
    const batch = sequences.length;
    const codes = codesTensor(sequences);
    const doubled = new Map<number, { x: Float32Array; codes: BigInt64Array }>();
    return async (x, t, sights) => {
      const seen = visibilityMask(count, tokensVisibleAt(schedule, count, t), selection.keepFrom, selection.hidden);
      const rows = batch * sights.length;
      const visible = new Uint8Array(rows * count);
      sights.forEach((sight: Sight, index) => {
        if (sight === 'none') return;
        for (let row = index * batch; row < (index + 1) * batch; row++) visible.set(seen.map(Number), row * count);
      });
      const times = new Float32Array(rows).fill(t);
      if (sights.length === 1) return [await this.restore(x, times, codes, visible)];
      let wide = doubled.get(sights.length);
      if (wide === undefined) {
        wide = { x: new Float32Array(rows * this.size), codes: repeat(codes, sights.length) };
        doubled.set(sights.length, wide);
      }
      for (let index = 0; index < sights.length; index++) wide.x.set(x, index * x.length);
      const answer = await this.restore(wide.x, times, wide.codes, visible);
      return sights.map((_, index) => answer.subarray(index * x.length, (index + 1) * x.length));
    };
  }
}

export function codesTensor(sequences: readonly (readonly number[])[]): BigInt64Array {
  return BigInt64Array.from(sequences.flat(), BigInt);
}

function repeat(codes: BigInt64Array, times: number): BigInt64Array {
  const repeated = new BigInt64Array(codes.length * times);
  for (let index = 0; index < times; index++) repeated.set(codes, index * codes.length);
  return repeated;
}
