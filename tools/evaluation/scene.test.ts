import { describe, expect, it } from 'vitest';
import { cellOf, matchObjects, meetsExpectation, type Scene, type SceneObject } from './scene.js';

function object(kind: string, x: number, y: number, colour = 'red'): SceneObject {
  return { kind, colour, texture: 'solid', size: 'small', x, y };
}

function scene(...objects: SceneObject[]): Scene {
  return { background: { kind: 'plain', colours: ['white', 'white'] }, objects };
}

describe('meetsExpectation', () => {
  it('needs distinct objects for distinct parts', () => {
    const expectation = {
      objects: [
        { kind: 'star', count: 1 },
        { colour: 'red', count: 1 },
      ],
    };
    expect(meetsExpectation(expectation, scene(object('star', 0.2, 0.2)))).toBe(false);
    expect(meetsExpectation(expectation, scene(object('star', 0.2, 0.2), object('car', 0.7, 0.7)))).toBe(true);
  });

  it('binds attributes to the same object', () => {
    const expectation = {
      objects: [
        { kind: 'star', colour: 'red', count: 1 },
        { kind: 'car', colour: 'blue', count: 1 },
      ],
    };
    expect(meetsExpectation(expectation, scene(object('star', 0.2, 0.2, 'blue'), object('car', 0.7, 0.7, 'red')))).toBe(
      false,
    );
    expect(meetsExpectation(expectation, scene(object('car', 0.7, 0.7, 'blue'), object('star', 0.2, 0.2, 'red')))).toBe(
      true,
    );
  });

  it('counts exactly when asked to', () => {
    const two = scene(object('star', 0.2, 0.2), object('star', 0.7, 0.7));
    expect(meetsExpectation({ objects: [{ kind: 'star', count: 1 }] }, two)).toBe(true);
    expect(meetsExpectation({ objects: [{ kind: 'star', count: 1 }], exact: true }, two)).toBe(false);
    expect(meetsExpectation({ objects: [{ kind: 'star', count: 3 }] }, two)).toBe(false);
  });

  it('looks for any pair that stands in the relation, by more than 0.15', () => {
    const left = {
      objects: [
        { kind: 'star', count: 1 },
        { kind: 'car', count: 1 },
      ],
      relations: [[0, 'left of', 1] as [number, string, number]],
    };
    expect(meetsExpectation(left, scene(object('star', 0.2, 0.5), object('car', 0.34, 0.5)))).toBe(false);
    expect(
      meetsExpectation(left, scene(object('star', 0.9, 0.5), object('star', 0.2, 0.5), object('car', 0.5, 0.5))),
    ).toBe(true);
  });
});

it('cellOf names the 3 × 3 grid', () => {
  expect(cellOf({ x: 0.1, y: 0.5 })).toBe('left');
  expect(cellOf({ x: 0.5, y: 0.5 })).toBe('centre');
  expect(cellOf({ x: 1, y: 1 })).toBe('bottom right');
});

describe('matchObjects', () => {
  it('pairs by attributes before place', () => {
    const truth = [object('star', 0.2, 0.2, 'blue'), object('car', 0.8, 0.8)];
    const found = [object('car', 0.25, 0.25), object('star', 0.9, 0.9, 'blue')];
    expect(matchObjects(truth, found)).toEqual([found[1], found[0]]);
  });

  it('leaves truth alone when too little was found, and never uses an object twice', () => {
    const truth = [object('star', 0.2, 0.2), object('star', 0.8, 0.8)];
    const found = [object('star', 0.79, 0.8)];
    expect(matchObjects(truth, found)).toEqual([null, found[0]]);
  });
});
