import { expect, it } from 'vitest';
import { firstAndLater } from './bench-build-up.js';
import { formatTable, meetsTarget } from './measurement.js';

it('holds the first picture and those after it against the target, each by itself', () => {
  const [first, later] = firstAndLater({ runs: [0.9, 0.4, 0.5, 0.2], remark: 'here' }, 'whole');
  expect(first).toMatchObject({ value: 0.9, target: 0.6, runs: [0.9], remark: 'here' });
  expect(later).toMatchObject({ value: 0.4, target: 0.6, runs: [0.4, 0.5, 0.2] });
  expect([first, later].map((one) => meetsTarget(one!))).toEqual([false, true]);
  expect(formatTable([first!, later!])).toMatch(/^first picture done .*0\.90 s +≤ 0\.6 s +MISSED/m);
});

it('says so where a film did not come, or nothing could be measured', () => {
  const [first, later] = firstAndLater({ runs: [0.3, NaN, 0.4] }, 'begins');
  expect(first!.value).toBe(0.3);
  expect(later).toMatchObject({ value: null, remark: 'a film did not come' });
  expect(firstAndLater({ runs: [], remark: 'no browser was found' }, 'whole')).toMatchObject([
    { value: null, remark: 'no browser was found' },
    { value: null, remark: 'no browser was found' },
  ]);
});
