/** The report after an edit: what the model reads before and after, and where the pixels changed. A hint, never a judgement. */
import type { ImageReading, ReadObject } from '../tokens/attributes.js';
import type { RasterImage } from './images.js';
import type { Mask } from './mask.js';
import { pixelDifference } from './pixel-difference.js';

/** Mean absolute differences over red, green and blue, 0…1. */
export interface PixelChange {
  /** Where the mask covers, weighted by coverage; without a mask the whole picture. */
  inside: number;
  /** Where the mask's coverage is exactly 0; null without such a place. */
  outside: number | null;
  /** Share of all pixels that changed visibly, 0…1. */
  changedPixels: number;
}

export interface EditCheck extends PixelChange {
  /** What the edit would have changed outside the mask or region, had nothing held it back; absent without either. */
  spill?: number;
  /** Share of the picture that the edit was found to concern, 0…1; absent under a painted mask and where all of it was taken. */
  region?: number;
  /** What the pack's probe reads; both absent in a pack without one. */
  before?: ImageReading;
  after?: ImageReading;
}

/** Both pictures and the mask have one size. */
export function pixelChange(before: RasterImage, after: RasterImage, mask: Mask | null): PixelChange {
  const { sums, visible } = pixelDifference(before, after);
  let inside = 0;
  let insideWeight = 0;
  let outside = 0;
  let outsidePixels = 0;
  for (let pixel = 0; pixel < sums.length; pixel++) {
    const difference = sums[pixel]! / (3 * 255);
    const coverage = mask === null ? 1 : mask.data[pixel]! / 255;
    if (coverage === 0) {
      outside += difference;
      outsidePixels++;
    } else {
      inside += difference * coverage;
      insideWeight += coverage;
    }
  }
  return {
    inside: insideWeight === 0 ? 0 : inside / insideWeight,
    outside: outsidePixels === 0 ? null : outside / outsidePixels,
    changedPixels: visible,
  };
}

export interface ReadingDifference {
  kind: 'added' | 'removed' | 'changed' | 'background';
  /** “red circle, top left” */
  what: string;
  /** For what changed: what it is now. */
  now?: string;
}

/** Objects nearer than this, in shares of the image side, may be the same one with another look. */
const samePlace = 0.2;

/** What the two readings disagree about, in words of the pack. Empty: the model sees no difference. */
export function readingDifferences(before: ImageReading, after: ImageReading): ReadingDifference[] {
  const differences: ReadingDifference[] = [];
  const left = [...before.objects];
  const came: ReadObject[] = [];
  for (const object of after.objects) {
    const same = left.findIndex((other) => nameOf(other) === nameOf(object) && other.cell === object.cell);
    if (same === -1) came.push(object);
    else left.splice(same, 1);
  }
  for (const object of came) {
    const match = nearest(object, left);
    if (match === -1) differences.push({ kind: 'added', what: withPlace(object) });
    else {
      const [was] = left.splice(match, 1);
      const moved = was!.cell !== object.cell;
      differences.push({
        kind: 'changed',
        what: moved ? withPlace(was!) : nameOf(was!),
        now: moved ? withPlace(object) : nameOf(object),
      });
    }
  }
  for (const object of left) differences.push({ kind: 'removed', what: withPlace(object) });
  const [was, is] = [backgroundOf(before), backgroundOf(after)];
  if (was !== is) differences.push({ kind: 'background', what: was, now: is });
  return differences;
}

/** The same thing elsewhere, or another thing in the same place; -1 for neither. */
function nearest(object: ReadObject, others: readonly ReadObject[]): number {
  const elsewhere = others.findIndex((other) => other.kind === object.kind && other.colour === object.colour);
  if (elsewhere !== -1) return elsewhere;
  return others.findIndex((other) => Math.hypot(other.x - object.x, other.y - object.y) < samePlace);
}

function nameOf({ size, texture, colour, kind }: ReadObject): string {
  return [size, texture === 'solid' ? '' : texture, colour, kind].filter((word) => word !== '').join(' ');
}

function withPlace(object: ReadObject): string {
  return `${nameOf(object)}, ${object.cell}`;
}

function backgroundOf({ background }: ImageReading): string {
  return `${background.kind} ${background.colours.join(' and ')}`.trim();
}

/** One sentence when something deserves a second look, null otherwise. */
export function checkHint(check: EditCheck, masked: boolean): string | null {
  if (check.changedPixels === 0) {
    return check.region === undefined
      ? 'Nothing changed visibly. Try another seed or other words.'
      : 'Nothing changed visibly. Try another seed or other words, or let the whole picture change.';
  }
  if (check.before !== undefined && check.after !== undefined) {
    const differences = readingDifferences(check.before, check.after);
    if (differences.length === 0) return 'The model reads the same before and after.';
    if (!masked && differences.length > 2) return 'More than one thing changed. A mask keeps the rest as it is.';
  }
  if (!masked && check.changedPixels > 0.75) return 'Most of the picture changed. A mask keeps the rest as it is.';
  return null;
}
