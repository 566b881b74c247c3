import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterfactualSheet, tokenDifference, transplant, type TransplantDirection } from './transplant.js';

const pairs = fc
  .integer({ min: 1, max: 40 })
  .chain((length) =>
    fc.tuple(...[0, 1].map(() => fc.array(fc.integer({ min: 0, max: 5 }), { minLength: length, maxLength: length }))),
  ) as fc.Arbitrary<[number[], number[]]>;
const directions = fc.constantFrom<TransplantDirection>('coarse-first', 'fine-first');

describe('transplant', () => {
  it('takes the range, both ends included, and nothing else', () => {
    expect(transplant([1, 2, 3, 4], [5, 6, 7, 8], { from: 1, to: 2 })).toEqual([1, 6, 7, 4]);
    expect(transplant([1, 2, 3, 4], [5, 6, 7, 8], { from: 3, to: 3 })).toEqual([1, 2, 3, 8]);
  });

  it('there and back again is the identity, and inputs stay as they are', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat(), ([a, b], one, other) => {
        const [from, to] = [one % a.length, other % a.length].sort((x, y) => x - y) as [number, number];
        const before = [...a];
        const mixed = transplant(a, b, { from, to });
        expect(a).toEqual(before);
        mixed.forEach((code, index) => expect(code).toBe(index >= from && index <= to ? b[index] : a[index]));
        expect(transplant(mixed, a, { from, to })).toEqual(a);
      }),
    );
  });

  it.each([
    [{ from: 2, to: 1 }, /no tokens 2 to 1/],
    [{ from: 0, to: 2 }, /from 0 to 1/],
    [{ from: -1, to: 0 }, /no tokens -1/],
    [{ from: 0.5, to: 1 }, /no tokens 0.5/],
  ])('refuses %j', (range, words) => {
    expect(() => transplant([1, 2], [3, 4], range)).toThrowError(words);
  });

  it('refuses sequences of unlike length', () => {
    expect(() => transplant([1], [1, 2], { from: 0, to: 0 })).toThrowError(/1 tokens, the other 2/);
  });
});

describe('counterfactualSheet', () => {
  it('replaces from the end it is told', () => {
    const codes = (direction: TransplantDirection) =>
      counterfactualSheet([1, 2, 3, 4], [5, 6, 7, 8], 2, direction).map((step) => step.codes);
    expect(codes('coarse-first')).toEqual([
      [1, 2, 3, 4],
      [1, 2, 7, 8],
      [5, 6, 7, 8],
    ]);
    expect(codes('fine-first')[1]).toEqual([5, 6, 3, 4]);
  });

  it('goes from a to b, never back, and both directions meet in complements', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 50 }), directions, ([a, b], steps, direction) => {
        const sheet = counterfactualSheet(a, b, steps, direction);
        expect(sheet).toHaveLength(steps + 1);
        expect(sheet[0]!.codes).toEqual(a);
        expect(sheet.at(-1)!.codes).toEqual(b);
        sheet
          .slice(1)
          .forEach(({ replaced }, index) => expect(replaced).toBeGreaterThanOrEqual(sheet[index]!.replaced));
        const opposite = direction === 'coarse-first' ? 'fine-first' : 'coarse-first';
        const back = counterfactualSheet(b, a, steps, opposite);
        for (const { replaced, codes } of sheet) {
          const other = back.find((step) => step.replaced === a.length - replaced);
          if (other !== undefined) expect(other.codes).toEqual(codes);
        }
      }),
    );
  });
});

describe('tokenDifference', () => {
  it('lists changed tokens and their runs', () => {
    expect(tokenDifference([1, 2, 3, 4, 5], [9, 2, 9, 9, 5])).toEqual({
      changed: [0, 2, 3],
      ranges: [
        { from: 0, to: 0 },
        { from: 2, to: 3 },
      ],
      share: 0.6,
    });
    expect(tokenDifference([], [])).toEqual({ changed: [], ranges: [], share: 0 });
  });

  it('is symmetric, and transplanting its ranges makes the one from the other', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const difference = tokenDifference(a, b);
        expect(tokenDifference(b, a)).toEqual(difference);
        expect(difference.ranges.reduce((codes, range) => transplant(codes, b, range), a)).toEqual(b);
        for (const { from, to } of difference.ranges) {
          for (let index = from; index <= to; index++) expect(a[index]).not.toBe(b[index]);
        }
      }),
    );
  });
});
