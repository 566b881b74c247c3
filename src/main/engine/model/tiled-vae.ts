/**
 * A VAE's encoder or decoder that is never asked for more at once than it can carry: few large pictures together, and what is larger
 * than its tiles part by part, blended where parts overlap. A tile knows nothing of the others, so tiles are taken only where the
 * pack says so or where memory has run out.
 */
import { StudioError } from '../../../shared/errors.js';
import { pixelsOfCell, type PackManifest } from '../../../shared/packs/pack.js';
import { float32, floatsOf, type Graph } from './graph.js';
import { cutTile, TileBlend, tilesOf, type Tile } from './tiles.js';

/** Its layers hold hundreds of values for each pixel. */
const pixelsAtOnce = 1024 * 1024;
/** Cells on the side of the smallest tile: smaller ones show a network hardly more than their borders. */
const smallestTile = 8;

/** What goes into the graph or comes out of it: values [channels, height, width] for each picture. */
interface Side {
  name: 'image' | 'latent';
  channels: number;
  width: number;
  height: number;
}

export class TiledVae {
  /** Latents on the side of what runs at once: what the pack states, and what errors of memory have taught. */
  #side: number;
  readonly #latent: Side;
  readonly #from: Side;
  readonly #to: Side;

  /** `graph`: image → latent or latent → image, of a pack that works on latents. */
  constructor(
    private readonly graph: Graph,
    private readonly manifest: Pick<PackManifest, 'image' | 'limits'>,
  ) {
    const { latent, width, height } = manifest.image;
    const image: Side = { name: 'image', channels: 3, width, height };
    this.#latent = { name: 'latent', ...latent! };
    [this.#from, this.#to] = graph.name === 'vaeEncoder' ? [image, this.#latent] : [this.#latent, image];
    this.#side = this.#takesTiles() ? (manifest.limits?.vaeTile ?? Infinity) : Infinity;
  }

  /** What goes in of `count` pictures → what comes out of them, in parts of as many pictures as run together. */
  async *run(given: Float32Array, count: number): AsyncGenerator<{ values: Float32Array; rows: number }, void> {
    const size = this.#from.channels * this.#from.height * this.#from.width;
    for (let done = 0; done < count;) {
      const rows = Math.min(this.#picturesAtOnce(), count - done);
      const values = await this.#whole(given.subarray(done * size, (done + rows) * size), rows);
      if (values === null) continue;
      yield { values, rows };
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
  async #whole(given: Float32Array, rows: number): Promise<Float32Array | null> {
    const tiles = this.#tiles;
    if (tiles.length === 1) return this.#tryTile(given, rows, tiles[0]!);
    const { channels, width, height } = this.#to;
    const blend = new TileBlend(rows * channels, width, height, width / this.#latent.width);
    for (const tile of tiles) {
      const cut = cutTile(given, rows * this.#from.channels, this.#from, this.#onSide(this.#from, tile));
      const values = await this.#tryTile(cut, rows, tile);
      if (values === null) return null;
      blend.add(values, tile);
    }
    return blend.whole;
  }

  async #tryTile(given: Float32Array, rows: number, tile: Tile): Promise<Float32Array | null> {
    try {
      const { name, channels } = this.#from;
      const { width, height } = this.#onSide(this.#from, tile);
      return floatsOf(await this.graph.run({ [name]: float32(given, [rows, channels, height, width]) }), this.#to.name);
    } catch (error) {
      const half = Math.ceil(Math.max(tile.width, tile.height) / 2);
      if (!isMemoryFull(error) || half < smallestTile || !this.#takesTiles()) throw error;
      this.#side = half;
      return null;
    }
  }

  /** Where a tile, in latents, lies among the values of one side. The whole is exact there whatever a latent stands for. */
  #onSide({ width, height }: Side, tile: Tile): Tile {
    const [across, down] = [width / this.#latent.width, height / this.#latent.height];
    const [x, y] = [Math.round(tile.x * across), Math.round(tile.y * down)];
    return { x, y, width: Math.round(tile.width * across), height: Math.round(tile.height * down) };
  }

  /** Only graphs whose input may be of any size run on parts of it. */
  #takesTiles(): boolean {
    const sides = this.graph.inputs.find(({ name }) => name === this.#from.name)?.shape.slice(2) ?? [];
    const isAnySize = sides.length === 2 && sides.every((side) => typeof side === 'string');
    return isAnySize && pixelsOfCell(this.manifest.image) !== null;
  }
}

/** Not even one picture fitted (`limitRows`). */
function isMemoryFull(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'memory-full';
}
