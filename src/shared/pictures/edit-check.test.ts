import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageReading, ReadObject } from '../tokens/attributes.js';
import { checkHint, pixelChange, readingDifferences } from './edit-check.js';

const object = (changes: Partial<ReadObject> = {}): ReadObject => ({
  kind: 'circle',
  colour: 'red',
  texture: 'solid',
  size: 'large',
  cell: 'top left',
  x: 0.2,
  y: 0.2,
  confidence: 1,
  ...changes,
});
const reading = (objects: ReadObject[], colour = 'blue'): ImageReading => ({
  background: { kind: 'plain', colours: [colour], confidence: 1 },
  objects,
});

describe('what the model reads before and after', () => {
  it('tells a new look, a new place, what came, what went and another background apart', () => {
    const star = object({ kind: 'star', colour: 'pink', cell: 'bottom', x: 0.5, y: 0.9 });
    expect(readingDifferences(reading([object()]), reading([object({ colour: 'green', texture: 'dotted' })]))).toEqual([
      { kind: 'changed', what: 'large red circle', now: 'large dotted green circle' },
    ]);
    expect(readingDifferences(reading([object()]), reading([object({ cell: 'centre', x: 0.5, y: 0.5 })]))).toEqual([
      { kind: 'changed', what: 'large red circle, top left', now: 'large red circle, centre' },
    ]);
    expect(readingDifferences(reading([object(), star]), reading([object()]))).toEqual([
      { kind: 'removed', what: 'large pink star, bottom' },
    ]);
    expect(readingDifferences(reading([object()]), reading([star, object()], 'white'))).toEqual([
      { kind: 'added', what: 'large pink star, bottom' },
      { kind: 'background', what: 'plain blue', now: 'plain white' },
    ]);
  });

  it('finds nothing between a reading and itself, in any order', () => {
    const objects = fc.array(
      fc.record({ colour: fc.constantFrom('red', 'blue'), cell: fc.constantFrom('top left', 'centre') }).map(object),
    );
    fc.assert(
      fc.property(objects, (list) => {
        expect(readingDifferences(reading(list), reading(list.toReversed()))).toEqual([]);
      }),
    );
  });
});

describe('where the pixels changed', () => {
  const flat = (value: number) => ({
    width: 2,
    height: 1,
    data: Uint8Array.of(value, value, value, 255, 9, 9, 9, 255),
  });

  it('is told inside and outside the mask', () => {
    const mask = { width: 2, height: 1, data: Uint8Array.of(255, 0) };
    expect(pixelChange(flat(0), flat(51), mask)).toEqual({ inside: 0.2, outside: 0, changedPixels: 0.5 });
    expect(pixelChange(flat(0), flat(51), { ...mask, data: Uint8Array.of(0, 255) }).outside).toBeCloseTo(0.2);
    expect(pixelChange(flat(0), flat(51), null)).toEqual({ inside: 0.1, outside: null, changedPixels: 0.5 });
  });

  it('a hint is given when nothing or much more changed, and only then', () => {
    const some = { inside: 0.1, outside: 0, changedPixels: 0.2 };
    const green = reading([object({ colour: 'green' })]);
    expect(checkHint({ ...some, changedPixels: 0 }, true)).toMatch(/Nothing changed visibly/);
    expect(checkHint({ ...some, before: green, after: green }, true)).toMatch(/same before and after/);
    expect(checkHint({ ...some, before: reading([object()]), after: green }, false)).toBeNull();
    expect(checkHint({ ...some, changedPixels: 0.9 }, false)).toMatch(/mask/);
    expect(checkHint({ ...some, changedPixels: 0.9 }, true)).toBeNull();
  });
});
