import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeScene, editFailures, unmetExpectations } from './explanation.js';
import { editSucceeded } from './judgement.js';
import { meetsExpectation, type Expectation, type Scene, type SceneObject } from './scene.js';
import { runs } from '../../tests/property-runs.js';

const star: SceneObject = { kind: 'star', colour: 'blue', texture: 'solid', size: 'medium', x: 0.5, y: 0.2 };
const boat: SceneObject = { kind: 'boat', colour: 'red', texture: 'striped', size: 'small', x: 0.1, y: 0.9 };
const background = { kind: 'plain', colours: ['grey', 'grey'] };

describe('words for a reading', () => {
  it('name what is unusual and where it is', () => {
    expect(describeScene({ background, objects: [star, boat] })).toBe(
      'blue star top, small striped red boat bottom left; plain grey',
    );
    expect(describeScene({ background: { kind: 'horizon', colours: ['blue', 'green'] }, objects: [] })).toBe(
      'nothing; horizon blue to green',
    );
  });

  it('say what is wrong with a picture', () => {
    const wanted: Expectation = {
      objects: [
        { kind: 'star', colour: 'red', count: 1 },
        { kind: 'boat', count: 2 },
      ],
      relations: [[0, 'below', 1]],
      total: 3,
      background: { kind: 'plain', colours: ['white'] },
    };
    expect(unmetExpectations(wanted, { background, objects: [boat, star] })).toEqual([
      '2 objects, not 3',
      'star blue, not red',
      'no boat',
      'star not below boat',
      'background plain grey, not plain white',
    ]);
    expect(
      unmetExpectations({ objects: [{ kind: 'star', count: 2 }], exact: true }, { background, objects: [star] }),
    ).toEqual(['star: 1, not 2', 'no star']);
  });

  it('say what is wrong with an edit', () => {
    const after: Scene = { background, objects: [star, { ...boat, colour: 'pink' }] };
    expect(editFailures({ after, edited: 1 }, { background, objects: [star, boat] })).toEqual(['red, not pink']);
    expect(editFailures({ after, edited: 1 }, { background, objects: [star] })).toEqual([
      '1 object, not 2',
      'no pink boat',
    ]);
  });
});

const word = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const place = fc.double({ min: 0, max: 1, noNaN: true });
const object = fc.record({
  kind: word('star', 'boat', 'car'),
  colour: word('red', 'blue'),
  texture: word('solid', 'dotted'),
  size: word('small', 'large'),
  x: place,
  y: place,
});
const scene = fc.record({
  background: fc.record({ kind: word('plain', 'gradient'), colours: fc.tuple(word('red', 'grey'), word('grey')) }),
  objects: fc.array(object, { maxLength: 4 }),
});
const expectation = fc
  .record(
    {
      objects: fc.array(
        fc.record(
          { kind: word('star', 'boat'), colour: word('red', 'blue'), count: fc.integer({ min: 1, max: 2 }) },
          { requiredKeys: ['count'] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
      exact: fc.boolean(),
      total: fc.integer({ min: 1, max: 3 }),
      background: word('plain').map((kind) => ({ kind, colours: ['red'] })),
      related: fc.boolean(),
    },
    { requiredKeys: ['objects', 'related'] },
  )
  .map(({ related, ...rest }): Expectation => {
    const relations: [number, string, number][] = related && rest.objects.length === 2 ? [[0, 'left of', 1]] : [];
    return { ...rest, relations };
  });

describe('words and judgement agree', () => {
  it('an expectation has no unmet part exactly when it is met', () => {
    let met = 0;
    fc.assert(
      fc.property(expectation, scene, (wanted, found) => {
        const isMet = meetsExpectation(wanted, found);
        met += Number(isMet);
        expect(unmetExpectations(wanted, found).length === 0).toBe(isMet);
      }),
      { numRuns: runs(4000) },
    );
    // Otherwise one of the two sides was never asked; of random pictures one in eighty meets what is wanted.
    expect(met).toBeGreaterThan(0);
  });

  it('an edit has no failure exactly when it succeeded', () => {
    let right = 0;
    fc.assert(
      fc.property(scene, scene, fc.boolean(), fc.nat(3), (after, other, same, place) => {
        const edited = place < after.objects.length ? place : null;
        const found = same ? after : other;
        const succeeded = editSucceeded({ after, edited }, found);
        right += Number(succeeded);
        expect(editFailures({ after, edited }, found).length === 0).toBe(succeeded);
      }),
      { numRuns: runs(2000) },
    );
    expect(right).toBeGreaterThan(0);
  });
});
