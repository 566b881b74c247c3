import { describe, expect, it } from 'vitest';
import { editSucceeded, objectsKept, outsideChange, readability } from './judgement.js';
import type { Scene } from './scene.js';
import { lockIn, separatedBy } from './tasks/attribute-order.js';

const after: Scene = {
  background: { kind: 'plain', colours: ['white', 'white'] },
  objects: [
    { kind: 'star', colour: 'red', texture: 'solid', size: 'small', x: 0.2, y: 0.2 },
    { kind: 'car', colour: 'blue', texture: 'solid', size: 'large', x: 0.7, y: 0.7 },
  ],
};

function changed(change: (scene: Scene) => void): Scene {
  const copy = structuredClone(after);
  change(copy);
  return copy;
}

describe('editSucceeded', () => {
  it('asks for the edited object whole, and for the others only to be there', () => {
    expect(editSucceeded({ after, edited: 0 }, after)).toBe(true);
    expect(
      editSucceeded(
        { after, edited: 0 },
        changed((scene) => (scene.objects[0]!.texture = 'dotted')),
      ),
    ).toBe(false);
    expect(
      editSucceeded(
        { after, edited: 0 },
        changed((scene) => (scene.objects[1]!.texture = 'dotted')),
      ),
    ).toBe(true);
    expect(
      editSucceeded(
        { after, edited: 0 },
        changed((scene) => scene.objects.pop()),
      ),
    ).toBe(false);
  });

  it('after a removal counts what is left, and looks for it where it stood', () => {
    expect(editSucceeded({ after, edited: null }, after)).toBe(true);
    // Two things are left, and one of them is that which should have gone.
    expect(
      editSucceeded(
        { after, edited: null },
        changed((scene) => Object.assign(scene.objects[1]!, { x: 0.7, y: 0.2 })),
      ),
    ).toBe(false);
    // A trembling hand is no other place, and how it is drawn is another matter.
    expect(
      editSucceeded(
        { after, edited: null },
        changed((scene) => Object.assign(scene.objects[1]!, { x: 0.75, texture: 'dotted' })),
      ),
    ).toBe(true);
    expect(
      editSucceeded(
        { after, edited: null },
        changed((scene) => scene.objects.push(scene.objects[0]!)),
      ),
    ).toBe(false);
  });

  it('sees a background that did not follow', () => {
    expect(
      editSucceeded(
        { after, edited: null },
        changed((scene) => (scene.background.kind = 'spotted')),
      ),
    ).toBe(false);
  });
});

describe('objectsKept', () => {
  it('asks each true object for its place and every attribute, and for nothing of the others', () => {
    expect(objectsKept(after, after)).toEqual([true, true]);
    for (const name of ['kind', 'colour', 'texture', 'size'] as const) {
      const other = changed((scene) => (scene.objects[1]![name] = 'another'));
      expect(objectsKept(after, other), name).toEqual([true, false]);
    }
  });

  it('takes a place for the same up to a tenth of the side, and no other object for the one that left', () => {
    const moved = (by: number) => changed((scene) => (scene.objects[0]!.x += by));
    expect(objectsKept(after, moved(0.09))).toEqual([true, true]);
    expect(objectsKept(after, moved(0.11))).toEqual([false, true]);
    const alone = changed((scene) => scene.objects.shift());
    expect(objectsKept(after, alone)).toEqual([false, true]);
    expect(objectsKept(after, { ...after, objects: [] })).toEqual([false, false]);
  });

  it('looks at the nearest where two stand in one place', () => {
    const doubled = changed((scene) => scene.objects.unshift({ ...scene.objects[0]!, kind: 'moon', x: 0.26 }));
    expect(objectsKept(after, doubled)).toEqual([true, true]);
  });
});

describe('outsideChange', () => {
  const black = { width: 20, height: 20, data: new Uint8Array(1600) };

  it('ignores what lies inside the circles', () => {
    const spot = { ...black, data: black.data.slice() };
    spot.data.fill(255, (10 * 20 + 10) * 4, (10 * 20 + 11) * 4);
    expect(outsideChange(black, spot, [[0.525, 0.525, 0.1]])).toBe(0);
    expect(outsideChange(black, spot, [[0.1, 0.1, 0.05]])).toBeGreaterThan(0);
  });

  it('is the mean over channels and pixels, 0 to 255', () => {
    const grey = { ...black, data: new Uint8Array(1600).fill(51) };
    expect(outsideChange(black, grey, [])).toBe(51);
    expect(outsideChange(black, grey, 'background')).toBeNull();
  });
});

it('readability looks at the object that stands nearest', () => {
  const seen = readability(
    after,
    changed((scene) => {
      scene.objects.reverse();
      scene.objects[0]!.colour = 'green';
      scene.objects[1]!.x += 0.05;
    }),
  );
  expect(seen).toEqual({ background: true, layout: true, colour: false, kind: true, size: true, texture: true });
});

it.each([
  [[false, true, true], 1],
  [[true, false, true, true], 2],
  [[true, true], 0],
  [[true, false], null],
])('lockIn %j', (values, expected) => {
  expect(lockIn(values)).toBe(expected);
});

it.each([
  [[0.8, 0.5, 0.65, 0.1], 0.15],
  [[0.25, 0.25, 0.9], 0],
  [[0.5, Number.NaN, 0.1], null],
])('separatedBy %j', (medians, expected) => {
  const apart = separatedBy(medians);
  if (expected === null) expect(apart).toBeNull();
  else expect(apart).toBeCloseTo(expected);
});
