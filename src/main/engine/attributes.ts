/**
 * How much of each attribute a picture shows, by signal alone: errors in bands of a perceptual colour space, each against the
 * worst case of its own. Formulas and limits: docs/attributes.md.
 */
import { attributeNames, type AttributeName, type AttributeShares } from '../../shared/attributes.js';
import type { RasterImage } from '../../shared/images.js';

/** Everything is measured on a square of this side, whatever the picture's size. */
const side = 128;

/** Errors below these cannot be seen; they keep a picture that lacks an attribute from dividing by nothing. */
const leastError: AttributeShares = { background: 0.02, layout: 0.1, colour: 0.02, shape: 0.1, texture: 0.1 };

/** Sums that one step of 8-bit noise reaches over a flat picture: what is fainter is no structure. */
const faintest = { edges: 0.5, orientation: 0.1, detail: 0.05 };

/** Detail of a cell below this, root mean square in OKLab, cannot be seen. */
const invisibleDetail = 0.006;

/** What the measures compare, extracted once a picture. Planes are L, a, b of OKLab one after another. */
interface Features {
  /** [3, 8, 8]: means of 16 × 16 pixels. */
  coarse: Float32Array;
  /** [16 · 16]: where edges between neighbouring 8 × 8 means stand; magnitudes. */
  edges: Float32Array;
  edgeSum: number;
  /** [3, 32, 32]: means of 4 × 4 pixels. */
  middle: Float32Array;
  /** [2, 64, 64]: edge strength along doubled orientation, so that both sides of an edge count alike. */
  orientation: Float32Array;
  orientationEnergy: number;
  /** [16 · 16]: strength of detail finer than 4 pixels in cells of 8 × 8 pixels. */
  detail: Float32Array;
  detailSum: number;
}

/** Measures pictures against one reference. All pictures must show the same frame; their sizes may differ. */
export class AttributeMeter {
  private readonly reference: Features;
  private readonly salience: Float32Array;
  private readonly worst: AttributeShares;

  /** `worst`: what counts as nothing restored, x0Hat of pure noise without tokens. */
  constructor(reference: RasterImage, worst: RasterImage) {
    this.reference = extract(reference);
    this.salience = salienceOf(this.reference);
    this.worst = this.errors(extract(worst));
  }

  /** 1 − error / error of the worst case, clamped to 0…1. */
  shares(image: RasterImage): AttributeShares {
    const errors = this.errors(extract(image));
    const share = (name: AttributeName): number =>
      Math.min(1, Math.max(0, 1 - errors[name] / Math.max(this.worst[name], leastError[name])));
    return Object.fromEntries(attributeNames.map((name) => [name, share(name)])) as AttributeShares;
  }

  private errors(features: Features): AttributeShares {
    return {
      background: backgroundError(this.reference, features),
      layout: layoutError(this.reference, features),
      colour: colourError(this.reference, features, this.salience),
      shape: shapeError(this.reference, features),
      texture: textureError(this.reference, features),
    };
  }
}

/** Median colour distance of the 8 × 8 cells: objects cover fewer than half of them, so the median is the background's. */
function backgroundError({ coarse }: Features, other: Features): number {
  const distances = Float32Array.from({ length: 64 }, (_, cell) =>
    colourDistance(coarse, other.coarse, cell, 64),
  ).sort();
  return (distances[31]! + distances[32]!) / 2;
}

/** Half the sum of differences between the two distributions of coarse edges over the frame. */
function layoutError(reference: Features, other: Features): number {
  // A picture with hardly any edges has no layout; without this its few would be blown up to a whole distribution.
  const least = 0.25 * reference.edgeSum + faintest.edges;
  let error = 0;
  for (let cell = 0; cell < reference.edges.length; cell++) {
    const wanted = reference.edges[cell]! / (reference.edgeSum + least);
    error += Math.abs(wanted - other.edges[cell]! / (other.edgeSum + least));
  }
  return error / 2;
}

/** Mean colour distance of the 32 × 32 cells, weighted by how far the reference's colour stands out of its surroundings. */
function colourError({ middle }: Features, other: Features, salience: Float32Array): number {
  let error = 0;
  let weights = 0;
  for (let cell = 0; cell < salience.length; cell++) {
    error += salience[cell]! * colourDistance(middle, other.middle, cell, 1024);
    weights += salience[cell]!;
  }
  return weights === 0 ? 0 : error / weights;
}

/** 1 − the correlation of edge strength and orientation, place by place; contrast and sign of an edge do not matter. */
function shapeError(reference: Features, other: Features): number {
  let product = 0;
  for (let index = 0; index < reference.orientation.length; index++) {
    product += reference.orientation[index]! * other.orientation[index]!;
  }
  const least = faintest.orientation;
  const energies = (reference.orientationEnergy + least) * (other.orientationEnergy + least);
  return 1 - Math.max(0, (product + least) / Math.sqrt(energies));
}

/** Difference of the strength of fine detail, cell by cell, as a share of the reference's. Its phase does not matter. */
function textureError(reference: Features, other: Features): number {
  let error = 0;
  for (let cell = 0; cell < reference.detail.length; cell++) {
    error += Math.abs(reference.detail[cell]! - other.detail[cell]!);
  }
  return error / (reference.detailSum + faintest.detail);
}

/**
 * How far each of the 32 × 32 cells stands out of its surroundings: its distance from the median colour of the coarse cells
 * of its row, which is the background's also where that changes from top to bottom.
 */
function salienceOf({ middle, coarse }: Features): Float32Array {
  const rows = Array.from({ length: 3 * 8 }, (_, row) => coarse.slice(row * 8, row * 8 + 8).sort());
  return Float32Array.from({ length: 1024 }, (_, cell) => {
    let squared = 0;
    for (let channel = 0; channel < 3; channel++) {
      const row = rows[channel * 8 + (cell >> 7)]!;
      squared += (middle[channel * 1024 + cell]! - (row[3]! + row[4]!) / 2) ** 2;
    }
    return Math.sqrt(squared);
  });
}

function colourDistance(a: Float32Array, b: Float32Array, cell: number, plane: number): number {
  const lightness = a[cell]! - b[cell]!;
  const greenRed = a[plane + cell]! - b[plane + cell]!;
  const blueYellow = a[2 * plane + cell]! - b[2 * plane + cell]!;
  return Math.sqrt(lightness * lightness + greenRed * greenRed + blueYellow * blueYellow);
}

function extract(image: RasterImage): Features {
  const full = toOklab(image);
  const half = halve(full, 128);
  const middle = halve(half, 64);
  const quarter = halve(middle, 32);
  const coarse = halve(quarter, 16);
  const edges = edgeMagnitudes(quarter, 16);
  const orientation = orientations(half, 64);
  const detail = detailStrength(full, half, middle);
  return {
    coarse,
    edges,
    edgeSum: edges.reduce((sum, value) => sum + value, 0),
    middle,
    orientation,
    orientationEnergy: orientation.reduce((sum, value) => sum + value * value, 0),
    detail,
    detailSum: detail.reduce((sum, value) => sum + value, 0),
  };
}

/** Means of 2 × 2 cells: [3, size, size] → [3, size / 2, size / 2]. */
function halve(planes: Float32Array, size: number): Float32Array {
  const halved = new Float32Array(planes.length / 4);
  let to = 0;
  for (let row = 0; row < 3 * size; row += 2) {
    for (let at = row * size; at < (row + 1) * size; at += 2) {
      halved[to++] = (planes[at]! + planes[at + 1]! + planes[at + size]! + planes[at + size + 1]!) / 4;
    }
  }
  return halved;
}

/** Length of the gradient over all three channels, by central differences with the border repeated; [size · size]. */
function edgeMagnitudes(planes: Float32Array, size: number): Float32Array {
  const magnitudes = new Float32Array(size * size);
  eachGradient(planes, size, (cell, across, down) => {
    magnitudes[cell]! += across * across + down * down;
  });
  return magnitudes.map(Math.sqrt);
}

/** (gx² − gy², 2·gx·gy) / |g| summed over the channels: the edge's strength along its doubled angle. */
function orientations(planes: Float32Array, size: number): Float32Array {
  const cells = size * size;
  const found = new Float32Array(2 * cells);
  eachGradient(planes, size, (cell, across, down) => {
    const length = Math.sqrt(across * across + down * down);
    if (length < 1e-6) return;
    found[cell]! += (across * across - down * down) / length;
    found[cells + cell]! += (2 * across * down) / length;
  });
  return found;
}

function eachGradient(
  planes: Float32Array,
  size: number,
  visit: (cell: number, across: number, down: number) => void,
): void {
  const last = size - 1;
  for (let channel = 0; channel < 3; channel++) {
    const offset = channel * size * size;
    for (let row = 0; row < size; row++) {
      const above = offset + (row === 0 ? 0 : row - 1) * size;
      const below = offset + (row === last ? last : row + 1) * size;
      const here = offset + row * size;
      for (let column = 0; column < size; column++) {
        const left = planes[here + (column === 0 ? 0 : column - 1)]!;
        const right = planes[here + (column === last ? last : column + 1)]!;
        visit(row * size + column, right - left, planes[below + column]! - planes[above + column]!);
      }
    }
  }
}

/** Root mean square of what 4 × 4 means leave out, in 16 × 16 cells of 8 × 8 pixels, less what cannot be seen. */
function detailStrength(full: Float32Array, half: Float32Array, middle: Float32Array): Float32Array {
  const energy = new Float32Array(256);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < side; row++) {
      const fullRow = channel * 16_384 + row * 128;
      const halfRow = channel * 4096 + (row >> 1) * 64;
      const middleRow = channel * 1024 + (row >> 2) * 32;
      const cellRow = (row >> 3) * 16;
      for (let column = 0; column < side; column++) {
        const value = half[halfRow + (column >> 1)]!;
        const fine = full[fullRow + column]! - value;
        const less = value - middle[middleRow + (column >> 2)]!;
        energy[cellRow + (column >> 3)]! += fine * fine + less * less;
      }
    }
  }
  return energy.map((sum) => Math.max(0, Math.sqrt(sum / 64) - invisibleDetail));
}

const linearOfByte = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** L, a, b planes [3, 128, 128] of OKLab (B. Ottosson, 2020); other sizes are averaged or repeated to that square. */
export function toOklab({ width, height, data }: RasterImage): Float32Array {
  const planes = new Float32Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    const [top, bottom] = pixelsOf(row, height);
    for (let column = 0; column < side; column++) {
      const [left, right] = pixelsOf(column, width);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
          red += linearOfByte[data[at]!]!;
          green += linearOfByte[data[at + 1]!]!;
          blue += linearOfByte[data[at + 2]!]!;
        }
      }
      const scale = 1 / ((bottom - top) * (right - left));
      const long = Math.cbrt(scale * (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue));
      const medium = Math.cbrt(scale * (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue));
      const short = Math.cbrt(scale * (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue));
      const at = row * side + column;
      planes[at] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
      planes[16_384 + at] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
      planes[32_768 + at] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
    }
  }
  return planes;
}

function pixelsOf(cell: number, pixels: number): [number, number] {
  const from = Math.floor((cell * pixels) / side);
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * pixels) / side))];
}
