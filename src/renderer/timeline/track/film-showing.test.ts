import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { playFilm } from './film-showing.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('shows each picture once, in its time, and rests afterwards', () => {
  const shown: (number | null)[] = [];
  playFilm({ duration: 2500, pictures: 5, show: (index) => shown.push(index) });
  expect(shown).toEqual([0]);
  vi.advanceTimersByTime(2499);
  expect(shown).toEqual([0, 1, 2, 3, 4]);
  vi.advanceTimersByTime(1);
  expect(shown).toEqual([0, 1, 2, 3, 4, null]);
  expect(vi.getTimerCount()).toBe(0);
});

it('ends when told to', () => {
  const shown: (number | null)[] = [];
  const end = playFilm({ duration: 100, pictures: 2, show: (index) => shown.push(index) });
  end();
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([0, null]);
});
