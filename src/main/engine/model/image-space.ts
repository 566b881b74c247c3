/** Between pictures a person sees and the space the decoder works in: pixels, or the latents of a variational autoencoder. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { StudioError } from '../../../shared/errors.js';
import type { Graph } from './graph.js';
import { readPlanar, writePlanar } from './pixels.js';
import { TiledVae } from './tiled-vae.js';

export class ImageSpace {
  private readonly pixelSize: number;
  private readonly vaeEncoder: TiledVae | undefined;
  private readonly vaeDecoder: TiledVae | undefined;

  constructor(
    private readonly manifest: PackManifest,
    vaeEncoder: Graph | undefined,
    vaeDecoder: Graph | undefined,
  ) {
    this.vaeEncoder = vaeEncoder && new TiledVae(vaeEncoder, manifest);
    this.vaeDecoder = vaeDecoder && new TiledVae(vaeDecoder, manifest);
    this.pixelSize = 3 * manifest.image.width * manifest.image.height;
  }

  /** The picture as the encoder wants it, [3, H, W] in the pack's pixel range. */
  pixels(image: RasterImage): Float32Array {
    const { width, height, range } = this.manifest.image;
    const planar = new Float32Array(this.pixelSize);
    writePlanar(image, width, height, range, planar);
    return planar;
  }

  /** Pixels [3, H, W] in the decoder's space. Throws `task-unsupported` for latents without an encoder for them. */
  async fromPixels(pixels: Float32Array): Promise<Float32Array> {
    const { latent } = this.manifest.image;
    if (latent === undefined) return pixels;
    if (this.vaeEncoder === undefined) {
      throw new StudioError(
        'task-unsupported',
        'This pack cannot turn an image into latents: it has no vaeEncoder graph.',
        'Start from tokens, or choose another pack.',
      );
    }
    const encoded = new Float32Array(latent.channels * latent.height * latent.width);
    for await (const { values } of this.vaeEncoder.run(pixels, 1)) encoded.set(values);
    return encoded.map((value) => (value - latent.shift) * latent.scale);
  }

  /** `count` pictures of the decoder's space, [count, size], as RGBA. */
  async toImages(values: Float32Array, count: number): Promise<RasterImage[]> {
    const { latent } = this.manifest.image;
    if (latent === undefined) return this.imagesOf(values, count);
    const unscaled = values.map((value) => value / latent.scale + latent.shift);
    const images: RasterImage[] = [];
    for await (const { values, rows } of this.vaeDecoder!.run(unscaled, count)) {
      images.push(...this.imagesOf(values, rows));
    }
    return images;
  }

  /** Pixels [count, 3, H, W] in the pack's range as RGBA. */
  imagesOf(pixels: Float32Array, count: number): RasterImage[] {
    const { width, height, range } = this.manifest.image;
    return Array.from({ length: count }, (_, index) =>
      readPlanar(pixels, index * this.pixelSize, width, height, range),
    );
  }
}
