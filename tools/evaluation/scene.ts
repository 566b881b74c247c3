/**
 * A world as data: scenes, what a prompt may expect of one, and whether it is met. The same definitions as training/world
 * (description.py, vocabulary.py, parsing.py); the two meet in resources/evaluation, where each set states its own words.
 */
import { cellNameOf as cellOf } from '../../src/main/engine/measures/detection.js';

export { cellNameOf as cellOf, cellNames as cells } from '../../src/main/engine/measures/detection.js';

/** Kinds of background whose second colour means something. */
export const twoColourBackgrounds: readonly string[] = ['gradient', 'horizon'];

/** x to the right, y down, in shares of the image side. */
export interface SceneObject {
  kind: string;
  colour: string;
  texture: string;
  size: string;
  x: number;
  y: number;
}

export interface Scene {
  background: { kind: string; colours: string[] };
  objects: SceneObject[];
}

export interface ObjectExpectation {
  kind?: string | undefined;
  colour?: string | undefined;
  texture?: string | undefined;
  size?: string | undefined;
  cell?: string | undefined;
  count: number;
}

export interface Expectation {
  objects: ObjectExpectation[];
  /** [a, name, b]: object a stands so towards object b; indices into `objects`. */
  relations?: [number, string, number][] | undefined;
  /** Exactly `count` objects of that kind, not at least. */
  exact?: boolean | undefined;
  /** So many objects in the whole scene. */
  total?: number | undefined;
  /** Colours may name the first one only. */
  background?: Scene['background'] | undefined;
}

export const objectAttributes = ['kind', 'colour', 'texture', 'size', 'cell'] as const;
export type ObjectAttribute = (typeof objectAttributes)[number];

/** Centres must differ by this share of the image side for a relation to hold. */
const relationDistance = 0.15;

export function attributeOf(object: SceneObject, attribute: ObjectAttribute): string {
  return attribute === 'cell' ? cellOf(object) : object[attribute];
}

export function relationHolds(one: SceneObject, relation: string, other: SceneObject): boolean {
  const across = other.x - one.x;
  const down = other.y - one.y;
  const distance = { 'left of': across, 'right of': -across, above: down, below: -down }[relation];
  return distance !== undefined && distance > relationDistance;
}

/** True when distinct objects of the scene can play every expected part and every relation holds between them. */
export function meetsExpectation(expectation: Expectation, scene: Scene): boolean {
  const { objects, relations = [], exact = false, total, background } = expectation;
  if (total !== undefined && scene.objects.length !== total) return false;
  if (background !== undefined && !isBackground(background, scene.background)) return false;
  if (exact && objects.some(({ kind, count }) => scene.objects.filter((one) => one.kind === kind).length !== count)) {
    return false;
  }
  const parts = objects.flatMap((expected, index) =>
    Array.from({ length: expected.count }, () => ({ expected, index })),
  );
  const cast: SceneObject[] = [];

  const fits = (expected: ObjectExpectation, one: SceneObject): boolean =>
    objectAttributes.every((name) => expected[name] === undefined || expected[name] === attributeOf(one, name));
  const play = (part: number): boolean => {
    if (part === parts.length) {
      const player = (index: number): SceneObject => cast[parts.findIndex((one) => one.index === index)]!;
      return relations.every(([a, relation, b]) => relationHolds(player(a), relation, player(b)));
    }
    return scene.objects.some((one) => {
      if (cast.slice(0, part).includes(one) || !fits(parts[part]!.expected, one)) return false;
      cast[part] = one;
      return play(part + 1);
    });
  };
  return play(0);
}

/** Whether `found` is of that kind and has every colour `wanted` names. */
export function isBackground(wanted: Scene['background'], found: Scene['background']): boolean {
  return wanted.kind === found.kind && wanted.colours.every((colour, index) => colour === found.colours[index]);
}

export function sameBackground(a: Scene['background'], b: Scene['background']): boolean {
  const count = twoColourBackgrounds.includes(a.kind) ? 2 : 1;
  return a.kind === b.kind && a.colours.slice(0, count).join() === b.colours.slice(0, count).join();
}

/**
 * The pairing of `truth` with `found` that agrees in most attributes; equal numbers of agreements go to the nearer pairing.
 * One entry per truth object, null where nothing is left for it.
 */
export function matchObjects(truth: readonly SceneObject[], found: readonly SceneObject[]): (SceneObject | null)[] {
  // The search is factorial; a reading with more objects than this is wrong however they are paired.
  const few = found.slice(0, 6);
  let best: { score: number; pairs: (SceneObject | null)[] } = { score: -1, pairs: truth.map(() => null) };
  const pairs: (SceneObject | null)[] = [];
  const pair = (index: number, score: number): void => {
    if (index === truth.length) {
      if (score > best.score) best = { score, pairs: [...pairs] };
      return;
    }
    const wanted = truth[index]!;
    const left = few.filter((one) => !pairs.slice(0, index).includes(one));
    for (const one of left) {
      pairs[index] = one;
      const agreements = objectAttributes.filter((name) => attributeOf(wanted, name) === attributeOf(one, name)).length;
      pair(index + 1, score + agreements + 1 - Math.min(0.99, Math.hypot(one.x - wanted.x, one.y - wanted.y) / 2));
    }
    if (left.length < truth.length - index) {
      pairs[index] = null;
      pair(index + 1, score);
    }
  };
  pair(0, 0);
  return best.pairs;
}
