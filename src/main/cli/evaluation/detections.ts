/** From the detector's raw outputs to a scene: the algorithm of `decode_detections` in training/detector.py, step by step. */
import {
  backgrounds,
  colours,
  kinds,
  sizes,
  textures,
  twoColourBackgrounds,
  type Scene,
  type SceneObject,
} from './scene.js';

/** Grid cells a side. */
export const grid = 32;
const threshold = 0.4;
/** Two detections closer than this share of the image side are one object. */
const minimumDistance = 0.09;

/** Outputs of one image; maps are [channels, 32, 32], logits unless said. */
export interface RawDetections {
  heatmap: Float32Array;
  kind: Float32Array;
  colour: Float32Array;
  texture: Float32Array;
  size: Float32Array;
  /** (x, y) from the middle of the cell to the object's centre, in cells. */
  offset: Float32Array;
  /** [6] */
  backgroundKind: Float32Array;
  /** [2, 12]: first (top) and second (bottom) colour. */
  backgroundColours: Float32Array;
}

export function decodeDetections(raw: RawDetections): Scene {
  const probabilities = raw.heatmap.map((logit) => 1 / (1 + Math.exp(-logit)));
  const candidates: number[] = [];
  for (let cell = 0; cell < grid * grid; cell++) {
    if (probabilities[cell]! >= threshold && isPeak(probabilities, cell)) candidates.push(cell);
  }
  // Ties go to the lower row, then the lower column: the order of cells, which a stable sort keeps.
  candidates.sort((a, b) => probabilities[b]! - probabilities[a]!);

  const objects: SceneObject[] = [];
  for (const cell of candidates) {
    const x = clampUnit(((cell % grid) + 0.5 + raw.offset[cell]!) / grid);
    const y = clampUnit((Math.floor(cell / grid) + 0.5 + raw.offset[grid * grid + cell]!) / grid);
    if (objects.some((one) => Math.hypot(x - one.x, y - one.y) < minimumDistance)) continue;
    objects.push({
      kind: bestAt(raw.kind, kinds, cell),
      colour: bestAt(raw.colour, colours, cell),
      texture: bestAt(raw.texture, textures, cell),
      size: bestAt(raw.size, sizes, cell),
      x,
      y,
    });
  }
  const kind = backgrounds[largest(raw.backgroundKind)]!;
  const first = colours[largest(raw.backgroundColours.subarray(0, colours.length))]!;
  const second = colours[largest(raw.backgroundColours.subarray(colours.length))]!;
  return { background: { kind, colours: [first, twoColourBackgrounds.includes(kind) ? second : first] }, objects };
}

/** Not smaller than any of its eight neighbours; cells outside the grid count as 0. */
function isPeak(probabilities: Float32Array, cell: number): boolean {
  const row = Math.floor(cell / grid);
  const column = cell % grid;
  for (let y = Math.max(0, row - 1); y <= Math.min(grid - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(grid - 1, column + 1); x++) {
      if (probabilities[y * grid + x]! > probabilities[cell]!) return false;
    }
  }
  return true;
}

function bestAt(map: Float32Array, names: readonly string[], cell: number): string {
  return names[largest(names.map((_, channel) => map[channel * grid * grid + cell]!))]!;
}

/** Index of the first largest value. */
function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
