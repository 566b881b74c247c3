/** When is an edit right? Pure. */
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { pixelDifference } from '../../src/shared/pictures/pixel-difference.js';
import type { EditRecord } from './data.js';
import { attributeOf, matchObjects, objectAttributes, sameBackground, type Scene, type SceneObject } from './scene.js';

/** A centre nearer than this, in image sides, is where it should be; objects of the world stand further apart. */
const inPlace = 0.1;

/**
 * The edit happened: as many objects as there should be, the edited one with every attribute and in its place, and the
 * background as expected. Where none was edited, one removed or the background changed, those that are left stand where they stood:
 * else another one may be gone. What else changed is the outside change's matter.
 */
export function editSucceeded({ after, edited }: Pick<EditRecord, 'after' | 'edited'>, found: Scene): boolean {
  if (found.objects.length !== after.objects.length || !sameBackground(after.background, found.background))
    return false;
  if (edited === null) return misplaced(after, found).length === 0;
  const pair = matchObjects(after.objects, found.objects)[edited] ?? null;
  const wanted = after.objects[edited]!;
  return pair !== null && objectAttributes.every((name) => attributeOf(pair, name) === attributeOf(wanted, name));
}

/** Mean absolute difference, 0…255, over the pixels outside the circles the edit may touch; null when it may touch all. */
export function outsideChange(before: RasterImage, result: RasterImage, changed: EditRecord['changed']): number | null {
  if (changed === 'background') return null;
  // Outlines and anti-aliasing reach a little over the bounding circle.
  const margin = 0.02;
  const { sums } = pixelDifference(before, result);
  let sum = 0;
  let count = 0;
  for (let y = 0; y < before.height; y++) {
    for (let x = 0; x < before.width; x++) {
      const inside = changed.some(
        ([centreX, centreY, radius]) =>
          Math.hypot((x + 0.5) / before.width - centreX, (y + 0.5) / before.height - centreY) < radius + margin,
      );
      if (inside) continue;
      sum += sums[y * before.width + x]!;
      count += 3;
    }
  }
  return count === 0 ? null : sum / count;
}

/** The objects of `after` where none is found in their place. */
export function misplaced(after: Scene, found: Scene): SceneObject[] {
  return after.objects.filter((one) => nearestTo(one, found, inPlace) === null);
}

/** The object whose centre lies nearest, if nearer than `within` image sides. */
function nearestTo(one: SceneObject, { objects }: Scene, within: number): SceneObject | null {
  const distance = (other: SceneObject): number => Math.hypot(one.x - other.x, one.y - other.y);
  const [nearest] = objects.toSorted((a, b) => distance(a) - distance(b));
  return nearest !== undefined && distance(nearest) < within ? nearest : null;
}

/** For each true object whether the one found nearest stands in its place and has its kind, colour, texture and size. */
export function objectsKept(truth: Scene, found: Scene): boolean[] {
  return truth.objects.map((one) => {
    const nearest = nearestTo(one, found, inPlace);
    return (
      nearest !== null && (['kind', 'colour', 'texture', 'size'] as const).every((name) => one[name] === nearest[name])
    );
  });
}

/** What of a scene a detector can read in a picture: true for attributes that are right in every object. */
export const readableAttributes = ['background', 'layout', 'colour', 'kind', 'size', 'texture'] as const;
export type ReadableAttribute = (typeof readableAttributes)[number];

/** Two centres this near, in image sides, are the same place. */
const samePlace = 0.08;

export function readability(truth: Scene, found: Scene): Record<ReadableAttribute, boolean> {
  const nearest = truth.objects.map((one) => nearestTo(one, found, samePlace));
  const all = (name: 'colour' | 'kind' | 'size' | 'texture'): boolean =>
    truth.objects.every((one, index) => nearest[index]?.[name] === one[name]);
  return {
    background: sameBackground(truth.background, found.background),
    layout: !nearest.includes(null) && found.objects.length === truth.objects.length,
    colour: all('colour'),
    kind: all('kind'),
    size: all('size'),
    texture: all('texture'),
  };
}
