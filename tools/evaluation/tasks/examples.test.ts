import { expect, it } from 'vitest';
import { chooseExamples } from './examples.js';

/** `right` of eight trials, each wrong one with `badness` wrong facts. */
function trials(asked: string, right: number, badness = 1) {
  return Array.from({ length: 8 }, (_, index) => ({
    asked,
    failures: index < right ? [] : ['wrong'],
    badness: index < right ? 0 : badness,
  }));
}

it('offers what works, best first', () => {
  const all = [...trials('a', 6), ...trials('b', 8), ...trials('c', 5), ...trials('d', 7)];
  const many = Array.from({ length: 5 }, (_, index) => trials(`more ${index}`, 6)).flat();
  expect(chooseExamples([...all, ...many])).toEqual(['b', 'd', 'a', 'more 0', 'more 1', 'more 2', 'more 3', 'more 4']);
});

it('offers a dozen at most', () => {
  const all = Array.from({ length: 20 }, (_, index) => trials(`text ${index}`, 8)).flat();
  expect(chooseExamples(all)).toEqual(Array.from({ length: 12 }, (_, index) => `text ${index}`));
});

it('offers the best there are when too few work: the most often right, then the least wrong', () => {
  const all = [...trials('z', 0, 5), ...trials('y', 0, 2), ...trials('x', 1, 9), ...trials('w', 7)];
  expect(chooseExamples(all)).toEqual(['w', 'x', 'y', 'z']);
});
