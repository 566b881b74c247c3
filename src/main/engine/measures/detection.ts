/**
 * What a probe graph with a heatmap reads in a picture: its raw outputs as objects and a background. The algorithm of
 * `decode_detections` in training/detector.py, step by step; the evaluation judges pictures with the same one.
 */
import type { ImageReading, ReadObject } from '../../../shared/tokens/attributes.js';

const threshold = 0.4;
/** Two detections closer than this share of the image side are one object. */
const minimumDistance = 0.09;
/** Kinds whose second colour means something. */
const twoColourBackgrounds: readonly string[] = ['gradient', 'horizon'];

export const cellNames = [
  'top left',
  'top',
  'top right',
  'left',
  'centre',
  'right',
  'bottom left',
  'bottom',
  'bottom right',
] as const;

/** The outputs such a probe has. */
export const detectionOutputs = [
  'heatmap',
  'kind',
  'colour',
  'texture',
  'size',
  'offset',
  'backgroundKind',
  'backgroundColours',
] as const satisfies readonly (keyof RawDetections)[];

/** Class names in the order of the channels. */
export interface DetectionLabels {
  kind: readonly string[];
  colour: readonly string[];
  texture: readonly string[];
  size: readonly string[];
  backgroundKind: readonly string[];
  backgroundColours: readonly string[];
}

/** Outputs of one image; maps are [channels, grid, grid], logits unless said. */
export interface RawDetections {
  heatmap: Float32Array;
  kind: Float32Array;
  colour: Float32Array;
  texture: Float32Array;
  size: Float32Array;
  /** (x, y) from the middle of the cell to the object's centre, in cells. */
  offset: Float32Array;
  /** [kinds] */
  backgroundKind: Float32Array;
  /** [2, colours]: first (top) and second (bottom) colour. */
  backgroundColours: Float32Array;
}

export function readDetections(raw: RawDetections, labels: DetectionLabels): ImageReading {
  const grid = Math.sqrt(raw.heatmap.length);
  const probabilities = raw.heatmap.map((logit) => 1 / (1 + Math.exp(-logit)));
  const peaks: number[] = [];
  for (let cell = 0; cell < grid * grid; cell++) {
    if (probabilities[cell]! >= threshold && isPeak(probabilities, grid, cell)) peaks.push(cell);
  }
  // Ties go to the lower row, then the lower column: the order of cells, which a stable sort keeps.
  peaks.sort((a, b) => probabilities[b]! - probabilities[a]!);

  const bestAt = (map: Float32Array, names: readonly string[], cell: number): string =>
    names[largest(names.map((_, channel) => map[channel * grid * grid + cell]!))]!;
  const objects: ReadObject[] = [];
  for (const cell of peaks) {
    const x = clampUnit(((cell % grid) + 0.5 + raw.offset[cell]!) / grid);
    const y = clampUnit((Math.floor(cell / grid) + 0.5 + raw.offset[grid * grid + cell]!) / grid);
    if (objects.some((one) => Math.hypot(x - one.x, y - one.y) < minimumDistance)) continue;
    objects.push({
      kind: bestAt(raw.kind, labels.kind, cell),
      colour: bestAt(raw.colour, labels.colour, cell),
      texture: bestAt(raw.texture, labels.texture, cell),
      size: bestAt(raw.size, labels.size, cell),
      cell: cellNameOf({ x, y }),
      x,
      y,
      confidence: probabilities[cell]!,
    });
  }
  const place = largest(raw.backgroundKind);
  const kind = labels.backgroundKind[place]!;
  const colourCount = labels.backgroundColours.length;
  const first = labels.backgroundColours[largest(raw.backgroundColours.subarray(0, colourCount))]!;
  const second = labels.backgroundColours[largest(raw.backgroundColours.subarray(colourCount))]!;
  const colours = twoColourBackgrounds.includes(kind) ? [first, second] : [first];
  return { background: { kind, colours, confidence: softmaxAt(raw.backgroundKind, place) }, objects };
}

/** The name of the ninth of the frame a place lies in; shares of the image side. */
export function cellNameOf({ x, y }: { x: number; y: number }): string {
  const third = (place: number): number => Math.min(2, Math.max(0, Math.floor(place * 3)));
  return cellNames[3 * third(y) + third(x)]!;
}

/** Not smaller than any of its eight neighbours; cells outside the grid count as 0. */
function isPeak(probabilities: Float32Array, grid: number, cell: number): boolean {
  const row = Math.floor(cell / grid);
  const column = cell % grid;
  for (let y = Math.max(0, row - 1); y <= Math.min(grid - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(grid - 1, column + 1); x++) {
      if (probabilities[y * grid + x]! > probabilities[cell]!) return false;
    }
  }
  return true;
}

/** Index of the first largest value. */
function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

function softmaxAt(logits: Float32Array, place: number): number {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - logits[place]!), 0);
  return 1 / sum;
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
