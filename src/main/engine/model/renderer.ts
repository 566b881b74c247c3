/** The one-step renderer of a pack: tokens in, pictures out, without a diffusion step (Selftok, arXiv 2505.07538, section 4). */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { bool, floatsOf, int64, type Graph } from './graph.js';
import type { ImageSpace } from './image-space.js';

export class Renderer {
  /** Whether it can be told which tokens count. */
  readonly takesMask: boolean;
  /** Some answer with what the decoder would: latents, scaled as the decoder's. */
  private readonly givesLatents: boolean;

  constructor(
    private readonly graph: Graph,
    private readonly space: ImageSpace,
    private readonly tokenCount: number,
  ) {
    this.takesMask = graph.inputs.some(({ name }) => name === 'visible');
    this.givesLatents = graph.outputs.some(({ name }) => name === 'latent');
  }

  /** codes [rows·K], visible [rows·K] of 0 and 1; without a mask all count. A mask is passed over by a renderer that takes none. */
  async draw(codes: BigInt64Array, visible: Uint8Array = new Uint8Array(codes.length).fill(1)): Promise<RasterImage[]> {
    const rows = codes.length / this.tokenCount;
    const dims = [rows, this.tokenCount];
    const outputs = await this.graph.run({
      tokens: int64(codes, dims),
      ...(this.takesMask && { visible: bool(visible, dims) }),
    });
    return this.givesLatents
      ? this.space.toImages(floatsOf(outputs, 'latent'), rows)
      : this.space.imagesOf(floatsOf(outputs, 'image'), rows);
  }
}
