import fc from 'fast-check';
import { expect, test } from 'vitest';

test('two runs of a property see the same values: a green `npm test` is no luck', () => {
  const seen = (): number[] => {
    const values: number[] = [];
    fc.assert(fc.property(fc.integer(), (value) => void values.push(value)));
    return values;
  };
  expect(seen()).toEqual(seen());
});
