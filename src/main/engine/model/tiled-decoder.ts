/**
 * A VAE's decoder that is never asked for more at once than it can carry: few large pictures together, and latents that are larger
 * than its tiles part by part, blended where parts overlap. A tile knows nothing of the others, so tiles are taken only where the
 * pack says so or where memory has run out.
 */
import { StudioError } from '../../../shared/errors.js';
import { pixelsOfCell, type PackManifest } from '../../../shared/pack.js';
import { float32, floatsOf, type Graph } from './graph.js';
import { cutTile, TileBlend, tilesOf, type Tile } from './tiles.js';

/** Its layers hold hundreds of values for each pixel. */
const pixelsAtOnce = 1024 * 1024;
/** Cells on the side of the smallest tile: smaller ones show a network hardly more than their borders. */
const smallestTile = 8;

type Latent = NonNullable<PackManifest['image']['latent']>;

export class TiledDecoder {
  /** Cells on the side of what is decoded at once: what the pack states, and what errors of memory have taught. */
  #side: number;
  readonly #latent: Latent;

  /** `graph`: latent → image, of a pack that works on latents. */
  constructor(
    private readonly graph: Graph,
    private readonly manifest: Pick<PackManifest, 'image' | 'limits'>,
  ) {
    this.#side = manifest.limits?.vaeTile ?? Infinity;
    this.#latent = manifest.image.latent!;
  }

  /** Latents of `count` pictures → their pixels, [3, H, W] each, in parts of as many pictures as run together. */
  async *decode(latents: Float32Array, count: number): AsyncGenerator<{ pixels: Float32Array; rows: number }, void> {
    const { channels, height, width } = this.#latent;
    const size = channels * height * width;
    for (let done = 0; done < count;) {
      const rows = Math.min(this.#picturesAtOnce(), count - done);
      const pixels = await this.#pixelsOf(latents.subarray(done * size, (done + rows) * size), rows);
      if (pixels === null) continue;
      yield { pixels, rows };
      done += rows;
    }
  }

  get #tiles(): Tile[] {
    return tilesOf(this.#latent.width, this.#latent.height, this.#side);
  }

  #picturesAtOnce(): number {
    const { image } = this.manifest;
    const [tile] = this.#tiles;
    const share = (tile!.width * tile!.height) / (this.#latent.width * this.#latent.height);
    return Math.max(1, Math.floor(pixelsAtOnce / (image.width * image.height * share)));
  }

  /** Null: memory has run out, and from now on tiles are smaller. */
  async #pixelsOf(latents: Float32Array, rows: number): Promise<Float32Array | null> {
    const tiles = this.#tiles;
    if (tiles.length === 1) return this.#run(latents, rows, tiles[0]!);
    const { image } = this.manifest;
    const blend = new TileBlend(rows * 3, image.width, image.height, pixelsOfCell(image)!);
    for (const tile of tiles) {
      const pixels = await this.#run(cutTile(latents, rows * this.#latent.channels, this.#latent, tile), rows, tile);
      if (pixels === null) return null;
      blend.add(pixels, tile);
    }
    return blend.whole;
  }

  async #run(latents: Float32Array, rows: number, tile: Tile): Promise<Float32Array | null> {
    try {
      const dims = [rows, this.#latent.channels, tile.height, tile.width];
      return floatsOf(await this.graph.run({ latent: float32(latents, dims) }), 'image');
    } catch (error) {
      const half = Math.ceil(Math.max(tile.width, tile.height) / 2);
      if (!isMemoryFull(error) || half < smallestTile || !this.#takesTiles()) throw error;
      this.#side = half;
      return null;
    }
  }

  /** Only graphs whose latents may be of any size decode parts of them. */
  #takesTiles(): boolean {
    const sides = this.graph.inputs.find(({ name }) => name === 'latent')?.shape.slice(2) ?? [];
    const isAnySize = sides.length === 2 && sides.every((side) => typeof side === 'string');
    return isAnySize && pixelsOfCell(this.manifest.image) !== null;
  }
}

/** Not even one picture fitted (`limitRows`). */
function isMemoryFull(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'memory-full';
}
