/**
 * Large latents in overlapping tiles, as diffusers' and ComfyUI's tiled VAEs do: each is decoded by itself, and where they overlap
 * one fades into the next, so that no seam shows. Pure.
 */

/** In latent cells; all tiles of a picture are of one size. */
export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Of a tile's side; what diffusers overlaps by default. */
const overlapShare = 0.25;

/** Tiles of at most `side` cells that cover width × height, row by row, each overlapping its neighbours. */
export function tilesOf(width: number, height: number, side: number): Tile[] {
  const tile = { width: Math.min(side, width), height: Math.min(side, height) };
  return startsOf(height, tile.height).flatMap((y) => startsOf(width, tile.width).map((x) => ({ x, y, ...tile })));
}

/** Spread evenly, the last one at the end. */
function startsOf(length: number, side: number): number[] {
  const most = Math.max(1, side - Math.max(1, Math.round(side * overlapShare)));
  const count = Math.ceil((length - side) / most) + 1;
  return Array.from({ length: count }, (_, at) => (count === 1 ? 0 : Math.round((at * (length - side)) / (count - 1))));
}

/** What of planar values [rows, channels, height, width] lies in the tile. */
export function cutTile(
  values: Float32Array,
  planes: number,
  { width, height }: { width: number; height: number },
  tile: Tile,
): Float32Array {
  const cut = new Float32Array(planes * tile.height * tile.width);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = tile.y; y < tile.y + tile.height; y++, at += tile.width) {
      const from = (plane * height + y) * width + tile.x;
      cut.set(values.subarray(from, from + tile.width), at);
    }
  }
  return cut;
}

/** A whole of decoded tiles. */
export class TileBlend {
  readonly #sum: Float32Array;
  readonly #weights: Float32Array;

  /** `width`, `height`: of the whole, in pixels; `planes`: rows · channels; `scale`: pixels on the side of a cell. */
  constructor(
    private readonly planes: number,
    private readonly width: number,
    private readonly height: number,
    private readonly scale: number,
  ) {
    this.#sum = new Float32Array(planes * width * height);
    this.#weights = new Float32Array(width * height);
  }

  /** `pixels` [planes, height, width] of the decoded tile. */
  add(pixels: Float32Array, tile: Tile): void {
    const [left, top] = [tile.x * this.scale, tile.y * this.scale];
    const [width, height] = [tile.width * this.scale, tile.height * this.scale];
    const [across, down] = [ramp(left, width, this.width), ramp(top, height, this.height)];
    for (let y = 0; y < height; y++) {
      const row = (top + y) * this.width + left;
      for (let x = 0; x < width; x++) {
        const weight = across[x]! * down[y]!;
        this.#weights[row + x]! += weight;
        for (let plane = 0; plane < this.planes; plane++) {
          const at = plane * this.width * this.height + row + x;
          this.#sum[at]! += weight * pixels[(plane * height + y) * width + x]!;
        }
      }
    }
  }

  /** To be asked once every tile was added. */
  get whole(): Float32Array {
    const size = this.#weights.length;
    return this.#sum.map((sum, at) => sum / this.#weights[at % size]!);
  }
}

/** How much a tile counts along one side: all of it inside, ever less towards a neighbour. */
function ramp(from: number, length: number, whole: number): Float32Array {
  const overlap = Math.max(1, Math.round(length * overlapShare));
  return Float32Array.from({ length }, (_, at) => {
    const before = from === 0 ? 1 : (at + 0.5) / overlap;
    const after = from + length === whole ? 1 : (length - at - 0.5) / overlap;
    return Math.min(1, before, after);
  });
}
