import { expect, it } from 'vitest';
import { levelFor } from './bitmaps.js';

const full = Number.POSITIVE_INFINITY;

it('shows pictures in the smallest copy that has pixels enough, at most their own', () => {
  expect(levelFor(20, 1024, 1)).toBe(32);
  expect(levelFor(100, 1024, 1)).toBe(128);
  expect(levelFor(600, 1024, 1)).toBe(full);
  expect([levelFor(100, 128, 1), levelFor(512, 128, 1)]).toEqual([full, full]);
});

it('enlarges only what is shown larger than it is, and nothing beyond 1024 pixels', () => {
  expect([levelFor(512, 128, 4), levelFor(200, 128, 4), levelFor(129, 128, 2)]).toEqual([512, 512, 256]);
  expect([levelFor(128, 128, 4), levelFor(60, 128, 4)]).toEqual([full, 64]);
  expect([levelFor(2000, 256, 4), levelFor(2000, 512, 4)]).toEqual([1024, full]);
});
