/** What the judge read and what is wrong with it, in words: for the sheets, the card and the findings. Pure. */
import type { EditRecord } from './data.js';
import { misplaced } from './judgement.js';
import {
  attributeOf,
  isBackground,
  matchObjects,
  objectAttributes,
  relationHolds,
  sameBackground,
  twoColourBackgrounds,
  type Expectation,
  type ObjectExpectation,
  type Scene,
  type SceneObject,
} from './scene.js';

/** 'striped red circle top left, small star right; plain blue'; what is ordinary (solid, medium) is left out. */
export function describeScene({ objects, background }: Scene): string {
  const phrases = objects.map((one) =>
    [
      one.size === 'medium' ? '' : one.size,
      one.texture === 'solid' ? '' : one.texture,
      one.colour,
      one.kind,
      attributeOf(one, 'cell'),
    ]
      .filter((word) => word !== '')
      .join(' '),
  );
  return `${phrases.length === 0 ? 'nothing' : phrases.join(', ')}; ${describeBackground(background)}`;
}

export function describeBackground({ kind, colours }: Scene['background']): string {
  return `${kind} ${colours.slice(0, twoColourBackgrounds.includes(kind) ? 2 : 1).join(' to ')}`;
}

/** Everything that keeps a scene from meeting an expectation; empty exactly when it is met. */
export function unmetExpectations(expectation: Expectation, scene: Scene): string[] {
  const { objects, relations = [], exact = false, total, background } = expectation;
  const unmet: string[] = [];
  if (total !== undefined && scene.objects.length !== total) {
    unmet.push(`${counted(scene.objects.length)}, not ${total}`);
  }
  if (exact) {
    for (const { kind, count } of objects) {
      const found = scene.objects.filter((one) => one.kind === kind).length;
      if (found !== count) unmet.push(`${kind}: ${found}, not ${count}`);
    }
  }
  const parts = objects.flatMap((wanted, index) => Array.from({ length: wanted.count }, () => ({ wanted, index })));
  const cast = bestCast(parts, relations, scene.objects);
  parts.forEach(({ wanted }, part) => unmet.push(...wrongAttributes(wanted, cast[part] ?? null)));
  for (const [a, relation, b] of relations) {
    if (!holds(parts, cast, a, relation, b)) {
      unmet.push(`${nameOf(objects[a]!)} not ${relation} ${nameOf(objects[b]!)}`);
    }
  }
  if (background !== undefined && !isBackground(background, scene.background)) {
    unmet.push(`background ${describeBackground(scene.background)}, not ${describeBackground(background)}`);
  }
  return unmet;
}

interface Part {
  wanted: ObjectExpectation;
  index: number;
}

/** One found object or null for every part, such that the fewest facts are wrong. */
function bestCast(
  parts: readonly Part[],
  relations: readonly [number, string, number][],
  found: readonly SceneObject[],
): (SceneObject | null)[] {
  // The search is factorial; with more objects than this the picture is wrong however they are cast.
  const few = found.slice(0, 6);
  let best: (SceneObject | null)[] = parts.map(() => null);
  let fewest = Number.POSITIVE_INFINITY;
  const cast: (SceneObject | null)[] = [];
  const play = (part: number, wrong: number): void => {
    if (wrong >= fewest) return;
    if (part === parts.length) {
      const broken = relations.filter(([a, relation, b]) => !holds(parts, cast, a, relation, b)).length;
      if (wrong + broken < fewest) [best, fewest] = [[...cast], wrong + broken];
      return;
    }
    for (const one of [...few.filter((one) => !cast.slice(0, part).includes(one)), null]) {
      cast[part] = one;
      play(part + 1, wrong + wrongCount(parts[part]!.wanted, one));
    }
  };
  play(0, 0);
  return best;
}

function holds(
  parts: readonly Part[],
  cast: readonly (SceneObject | null)[],
  a: number,
  relation: string,
  b: number,
): boolean {
  const player = (index: number): SceneObject | null => cast[parts.findIndex((one) => one.index === index)] ?? null;
  const [one, other] = [player(a), player(b)];
  return one !== null && other !== null && relationHolds(one, relation, other);
}

/** A missing object is worse than any wrong one of the right kind, and another kind is worse than other attributes. */
function wrongCount(wanted: ObjectExpectation, one: SceneObject | null): number {
  if (one === null) return objectAttributes.length + 1;
  const wrong = objectAttributes.filter(
    (name) => wanted[name] !== undefined && wanted[name] !== attributeOf(one, name),
  );
  return wrong.length + (wrong.includes('kind') ? 2 : 0);
}

function wrongAttributes(wanted: ObjectExpectation, one: SceneObject | null): string[] {
  if (one === null) return [`no ${nameOf(wanted)}`];
  return objectAttributes
    .filter((name) => wanted[name] !== undefined && wanted[name] !== attributeOf(one, name))
    .map((name) =>
      name === 'kind'
        ? `${one.kind}, not ${wanted.kind}`
        : `${nameOf(wanted)} ${attributeOf(one, name)}, not ${wanted[name]}`,
    );
}

function nameOf(wanted: ObjectExpectation): string {
  return wanted.kind ?? 'thing';
}

function counted(objects: number): string {
  return objects === 1 ? '1 object' : `${objects} objects`;
}

/** Everything that keeps an edit from being right; empty exactly when `editSucceeded`. */
export function editFailures({ after, edited }: Pick<EditRecord, 'after' | 'edited'>, found: Scene): string[] {
  const failures: string[] = [];
  if (found.objects.length !== after.objects.length) {
    failures.push(`${counted(found.objects.length)}, not ${after.objects.length}`);
  }
  if (!sameBackground(after.background, found.background)) {
    failures.push(`background ${describeBackground(found.background)}, not ${describeBackground(after.background)}`);
  }
  if (edited === null) {
    const lost = misplaced(after, found).map((one) => `no ${one.colour} ${one.kind} ${attributeOf(one, 'cell')}`);
    return [...failures, ...lost];
  }
  const wanted = after.objects[edited]!;
  const pair = matchObjects(after.objects, found.objects)[edited] ?? null;
  if (pair === null) return [...failures, `no ${wanted.colour} ${wanted.kind}`];
  for (const name of objectAttributes) {
    const [is, should] = [attributeOf(pair, name), attributeOf(wanted, name)];
    if (is !== should) failures.push(name === 'cell' ? `at ${is}, not ${should}` : `${is}, not ${should}`);
  }
  return failures;
}
