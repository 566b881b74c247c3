import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeName, AttributeShares } from '../../src/shared/tokens/attributes.js';
import type { GroupLosses } from '../../src/shared/tokens/attribute-matrix.js';
import { matrixMarkers, tokenTruthText, withMeasurements } from './attribute-report.js';
import { levelDistance, rankCorrelation, tokenTruth, type ChangedScene } from './token-truth.js';

const levels = [8, 5, 5, 5];
const none: AttributeShares = { background: 0, layout: 0, colour: 0, shape: 0, texture: 0 };
const groups = (...losses: number[]): GroupLosses[] =>
  losses.map((background, from) => ({ from, to: from, losses: { ...none, background } }));
/** Codes whose first channel stands at these levels. */
const scene: ChangedScene = {
  attribute: 'background',
  before: [0, 0, 0, 0],
  after: [0, 1, 2, 7],
  groups: groups(0, 0.05, 0.1, 0.8),
  whole: [{ from: 3, to: 3, losses: { ...none, background: 0.8 } }],
};

test('codes are as far apart as their levels, and a code of all channels at the other end is farthest', () => {
  expect(levelDistance(0, 0, levels)).toBe(0);
  expect(levelDistance(0, 7, levels)).toBeCloseTo(1 / 4);
  expect(levelDistance(0, 8, levels)).toBeCloseTo(1 / 16);
  expect(levelDistance(7, 8, levels)).toBeCloseTo((1 + 1 / 4) / 4);
  expect(levelDistance(0, 999, levels)).toBe(1);
  const code = fc.integer({ min: 0, max: 999 });
  fc.assert(
    fc.property(code, code, code, (a, b, c) => {
      expect(levelDistance(a, b, levels)).toBe(levelDistance(b, a, levels));
      expect(levelDistance(a, b, levels) === 0).toBe(a === b);
      expect(levelDistance(a, c, levels)).toBeLessThanOrEqual(
        levelDistance(a, b, levels) + levelDistance(b, c, levels) + 1e-12,
      );
    }),
  );
});

test('ranks agree or not whatever the sizes are, ties share theirs, and what is flat says nothing', () => {
  expect(rankCorrelation([1, 2, 3], [0.1, 5, 80])).toBeCloseTo(1);
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
  expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2);
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
});

test('a matrix that is right is bright where tokens move far; one that is wrong, where they stay', () => {
  expect(tokenTruth([scene], levels)[0]).toEqual({
    attribute: 'background',
    scenes: 1,
    moved: expect.closeTo((1 + 2 + 7) / 7 / 4 / 4, 6),
    movedAlong: [7, 2, 1, 0].map((steps) => expect.closeTo(steps / 7 / 4, 6)),
    differing: 0.75,
    agreement: expect.closeTo(1, 6),
    withOthers: null,
    inOne: expect.closeTo(1, 6),
    named: 1,
    inside: expect.closeTo(0.7, 6),
    byChance: 0.25,
  });
  const wrong = { ...scene, after: [7, 2, 1, 0] };
  expect(tokenTruth([wrong], levels)[0]).toMatchObject({ agreement: expect.closeTo(-1, 6), inside: 0 });
});

test('movement is told along the tokens in eighths, coarse first', () => {
  const after = Array.from({ length: 24 }, (_, index) => Math.floor(index / 3));
  const long = { ...scene, before: after.map(() => 0), after, groups: [], whole: [] };
  const [truth] = tokenTruth([long], levels);
  expect(truth!.movedAlong.map((share) => Math.round(share * 28))).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
});

test('that all tokens differ does not hide which of them move far', () => {
  const all = { ...scene, before: [1, 1, 1, 1], after: [2, 3, 4, 7] };
  expect(tokenTruth([all], levels)[0]).toMatchObject({ differing: 1, agreement: expect.closeTo(1, 6) });
});

test('a row is held against the other changes too: a token that always moves is nobody’s', () => {
  const other = (attribute: AttributeName): ChangedScene => ({ ...scene, attribute, after: [7, 2, 1, 0] });
  const [own] = tokenTruth([scene, other('layout'), other('shape')], levels);
  expect(own).toMatchObject({ agreement: expect.closeTo(1, 6), withOthers: expect.closeTo(-1, 6) });
});

test('scenes are averaged: what one of them says is not what all of them say', () => {
  const swapped = { ...scene, after: [0, 1, 7, 2] };
  const [truth] = tokenTruth([scene, scene, swapped], levels);
  expect(truth!.agreement).toBeCloseTo(1, 6);
  expect(truth!.inOne).toBeCloseTo((1 + 1 + 0.8) / 3, 6);
});

test('a flat row and a scene in which nothing moves prove nothing', () => {
  const flat = { ...scene, groups: groups(0.1, 0.1, 0.1, 0.1), whole: [] };
  expect(tokenTruth([flat], levels)[0]).toMatchObject({ agreement: null, inOne: null, named: 0, inside: null });
  const same = { ...scene, after: scene.before };
  expect(tokenTruth([same], levels)[0]).toMatchObject({ scenes: 1, moved: 0, agreement: null, inside: null });
  expect(tokenTruth([scene], levels)[1]).toMatchObject({ attribute: 'layout', scenes: 0, moved: 0, agreement: null });
});

test('groups of several tokens speak for each of them', () => {
  const wide: GroupLosses[] = [
    { from: 0, to: 1, losses: none },
    { from: 2, to: 3, losses: { ...none, background: 0.5 } },
  ];
  // Ranks 1.5 1.5 3.5 3.5 against 1 2 3 4.
  expect(tokenTruth([{ ...scene, groups: wide, whole: [] }], levels)[0]!.agreement).toBeCloseTo(2 / Math.sqrt(5), 6);
});

test('the table of a pack goes into its own place of the document, and none into another’s', () => {
  const [one, other] = [matrixMarkers('one'), matrixMarkers('other')];
  const document = `${one.begin}\n${one.end}\nbetween\n${other.begin}\nold\n${other.end}\n`;
  const wrong = { ...scene, attribute: 'layout' as const, groups: [], whole: [] };
  const text = tokenTruthText(tokenTruth([scene, wrong], levels), {
    pack: 'one@1',
    scenes: 1,
    tokens: 4,
    command: 'c',
  });
  expect(text).toMatch(/^Written by `c`: pack one@1, 1 scenes and 2 copies of them .*K = 4/);
  expect(text).toMatch(/\| background \| 75 % +\| 9 % +\| 1\.00 +\| 1\.00 +\| 1\.00 +\| 100 % +\| 70 % +\| 25 % +\|/);
  expect(text).toMatch(/\| layout +\| 75 % +\| 9 % +\| – /);
  expect(text).toMatch(/\| background \| 25 % +\| 7 % +\| 4 % .*\| – +\|$/m);
  const written = withMeasurements(document, text, one);
  expect(written).toBe(`${one.begin}\n\n${text}\n\n${one.end}\nbetween\n${other.begin}\nold\n${other.end}\n`);
  expect(() => withMeasurements(document, text, matrixMarkers('third'))).toThrow(/no place/);
});
