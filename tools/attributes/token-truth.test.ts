import { expect, test } from 'vitest';
import type { AttributeShares } from '../../src/shared/attributes.js';
import type { GroupLosses } from '../../src/shared/attribute-matrix.js';
import { matrixMarkers, tokenTruthText, withMeasurements } from './attribute-report.js';
import { tokenTruth, type ChangedScene } from './token-truth.js';

const none: AttributeShares = { background: 0, layout: 0, colour: 0, shape: 0, texture: 0 };
const groups = (...losses: number[]): GroupLosses[] =>
  losses.map((background, from) => ({ from, to: from, losses: { ...none, background } }));
const scene: ChangedScene = {
  attribute: 'background',
  before: [1, 2, 3, 4],
  after: [1, 2, 3, 9],
  groups: groups(0, 0, 0.1, 0.8),
  whole: [{ from: 3, to: 3, losses: { ...none, background: 0.8 } }],
};

test('a matrix that is right names the tokens that differ; one that is wrong, the others', () => {
  expect(tokenTruth([scene])[0]).toEqual({
    attribute: 'background',
    scenes: 1,
    differing: 0.25,
    agreement: 1,
    named: 1,
    inside: 1,
    byChance: 0.25,
  });
  const wrong = { ...scene, after: [9, 2, 3, 4], groups: groups(0, 0.2, 0.1, 0.8) };
  expect(tokenTruth([wrong])[0]).toMatchObject({ agreement: 0, inside: 0 });
});

test('a row that says nothing is chance, and a scene in which nothing or all differs proves nothing', () => {
  const flat = { ...scene, groups: groups(0.1, 0.1, 0.1, 0.1), whole: [] };
  expect(tokenTruth([flat])[0]).toMatchObject({ agreement: 0.5, named: 0, inside: null, byChance: null });
  const same = { ...scene, after: scene.before };
  const all = { ...scene, after: [9, 9, 9, 9] };
  expect(tokenTruth([same, all])[0]).toMatchObject({ scenes: 2, differing: 0.5, agreement: null });
  expect(tokenTruth([scene])[1]).toMatchObject({ attribute: 'layout', scenes: 0, agreement: null });
});

test('groups of several tokens speak for each of them', () => {
  const wide: GroupLosses[] = [
    { from: 0, to: 1, losses: none },
    { from: 2, to: 3, losses: { ...none, background: 0.5 } },
  ];
  expect(tokenTruth([{ ...scene, groups: wide, whole: [] }])[0]!.agreement).toBeCloseTo(2.5 / 3, 6);
});

test('the table of a pack goes into its own place of the document, and none into another’s', () => {
  const [one, other] = [matrixMarkers('one'), matrixMarkers('other')];
  const document = `${one.begin}\n${one.end}\nbetween\n${other.begin}\nold\n${other.end}\n`;
  const text = tokenTruthText(tokenTruth([scene]), { pack: 'one@1', scenes: 1, tokens: 4, command: 'c' });
  expect(text).toMatch(/^Written by `c`: pack one@1, 1 scenes and 1 copies of them .*K = 4/);
  expect(text).toMatch(/\| background \| 25 % +\| 1\.00/);
  const written = withMeasurements(document, text, one);
  expect(written).toBe(`${one.begin}\n\n${text}\n\n${one.end}\nbetween\n${other.begin}\nold\n${other.end}\n`);
  expect(() => withMeasurements(document, text, matrixMarkers('third'))).toThrow(/no place/);
});
