import { expect, it } from 'vitest';
import { differenceText, share } from './check-words.js';

it('says small shares without pretending they are nothing', () => {
  expect([0, 0.0004, 0.004, 0.0449, 0.12, 1].map(share)).toEqual([
    '0 %',
    'under 0.1 %',
    '0.4 %',
    '4.5 %',
    '12 %',
    '100 %',
  ]);
});

it('names what the background was and is', () => {
  expect(differenceText({ kind: 'background', what: 'plain blue', now: 'plain red' })).toMatchObject({
    text: 'background plain blue',
    now: 'plain red',
  });
  expect(differenceText({ kind: 'added', what: 'red star, top' })).toEqual({
    sign: '+',
    spoken: 'new',
    text: 'red star, top',
    now: null,
  });
});
