/**
 * How much of each attribute a picture shows, by signal alone. Every measure is made to see one attribute and to overlook
 * the others: colour and shape are compared wherever they stand, places whatever stands there. Formulas, limits and the
 * table of what reacts to what: docs/attributes.md.
 */
import { attributeNames, type AttributeName, type AttributeShares } from '../../../shared/tokens/attributes.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { compareObjects, objectFeatures, prominenceOf, type ObjectFeatures } from './attribute-objects.js';
import { halve, toOklab } from './oklab-planes.js';

/** Errors below these cannot be seen; they keep a picture that lacks an attribute from dividing by nothing. */
const leastError: AttributeShares = { background: 0.02, layout: 0.1, colour: 0.02, shape: 0.1, texture: 0.1 };

/** Prominence of a picture in which hardly anything stands out, summed over the 8 × 8 cells. */
const faintProminence = 0.05;

/** Colours the palette of what stands out is made of. */
const quantiles = 16;

/** What the measures compare, extracted once a picture. Planes are L, a, b of OKLab one after another. */
interface Features {
  /** [3, 8, 8]: means of 16 × 16 pixels. */
  coarse: Float32Array;
  /** [8 · 8]: how much stands out around each cell of 16 × 16 pixels. */
  places: Float32Array;
  prominence: number;
  /** [3, quantiles]: L, a and b of what stands out, each in rising order, wherever it is. */
  palette: Float32Array;
  objects: ObjectFeatures;
}

/** Measures pictures against one reference. All pictures must show the same frame; their sizes may differ. */
export class AttributeMeter {
  private readonly reference: Features;
  private readonly worst: AttributeShares;

  /** `worst`: what counts as nothing restored, x0Hat of pure noise without tokens. */
  constructor(reference: RasterImage, worst: RasterImage) {
    this.reference = extract(reference);
    this.worst = this.errorsOf(extract(worst));
  }

  /** 1 − error / error of the worst case, clamped to 0…1. */
  shares(image: RasterImage): AttributeShares {
    const errors = this.errorsOf(extract(image));
    const share = (name: AttributeName): number =>
      Math.min(1, Math.max(0, 1 - errors[name] / Math.max(this.worst[name], leastError[name])));
    return Object.fromEntries(attributeNames.map((name) => [name, share(name)])) as AttributeShares;
  }

  private errorsOf(features: Features): AttributeShares {
    return {
      background: backgroundError(this.reference, features),
      layout: layoutError(this.reference, features),
      colour: colourError(this.reference, features),
      ...compareObjects(this.reference.objects, features.objects),
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

/** Half the sum of differences between the two distributions over the frame of what stands out. */
function layoutError(reference: Features, other: Features): number {
  // A picture in which hardly anything stands out has no layout; without this its traces would become a whole distribution.
  const least = 0.25 * reference.prominence + faintProminence;
  let error = 0;
  for (let cell = 0; cell < 64; cell++) {
    const wanted = reference.places[cell]! / (reference.prominence + least);
    error += Math.abs(wanted - other.places[cell]! / (other.prominence + least));
  }
  return error / 2;
}

/** Distance between the two palettes, colour by colour in their order: what it costs to turn one into the other. */
function colourError({ palette }: Features, other: Features): number {
  let error = 0;
  for (let place = 0; place < quantiles; place++) error += colourDistance(palette, other.palette, place, quantiles);
  return error / quantiles;
}

function colourDistance(a: Float32Array, b: Float32Array, at: number, plane: number): number {
  const lightness = a[at]! - b[at]!;
  const greenRed = a[plane + at]! - b[plane + at]!;
  const blueYellow = a[2 * plane + at]! - b[2 * plane + at]!;
  return Math.sqrt(lightness * lightness + greenRed * greenRed + blueYellow * blueYellow);
}

function extract(image: RasterImage): Features {
  const full = toOklab(image);
  const half = halve(full, 128);
  const middle = halve(half, 64);
  const quarter = halve(middle, 32);
  const prominence = prominenceOf(middle, 32);
  const places = placesOf(prominence);
  return {
    coarse: halve(quarter, 16),
    places,
    prominence: places.reduce((sum, value) => sum + value, 0),
    palette: paletteOf(middle, prominence),
    objects: objectFeatures({ full, half, middle, quarter }),
  };
}

/** Prominence [32 · 32] averaged to 8 × 8 cells and spread to their neighbours, so that a small shift stays small. */
function placesOf(prominence: Float32Array): Float32Array {
  const cells = new Float32Array(64);
  for (let at = 0; at < 1024; at++) cells[(at >> 7) * 8 + ((at & 31) >> 2)]! += prominence[at]! / 16;
  return cells.map((_, cell) => {
    let sum = 0;
    let weights = 0;
    for (let y = Math.max(0, (cell >> 3) - 1); y <= Math.min(7, (cell >> 3) + 1); y++) {
      for (let x = Math.max(0, (cell & 7) - 1); x <= Math.min(7, (cell & 7) + 1); x++) {
        const weight = (y === cell >> 3 ? 2 : 1) * (x === (cell & 7) ? 2 : 1);
        sum += weight * cells[y * 8 + x]!;
        weights += weight;
      }
    }
    return sum / weights;
  });
}

/** Quantiles of each channel of [3, 32, 32], weighted by the square of the prominence; of everything where nothing stands out. */
function paletteOf(middle: Float32Array, prominence: Float32Array): Float32Array {
  const weights = prominence.map((value) => value * value + 1e-6);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const palette = new Float32Array(3 * quantiles);
  const order = Array.from({ length: 1024 }, (_, cell) => cell);
  for (let channel = 0; channel < 3; channel++) {
    const plane = middle.subarray(channel * 1024, (channel + 1) * 1024);
    order.sort((a, b) => plane[a]! - plane[b]!);
    let seen = 0;
    let place = 0;
    for (const cell of order) {
      seen += weights[cell]!;
      while (place < quantiles && seen >= (total * (place + 0.5)) / quantiles) {
        palette[channel * quantiles + place++] = plane[cell]!;
      }
    }
  }
  return palette;
}
