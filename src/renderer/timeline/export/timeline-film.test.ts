import { expect, it } from 'vitest';
import { filmDelay, filmPositionsOf, filmTiming } from './timeline-film.js';

it('runs from noise to clean and keeps both ends of a long timeline', () => {
  const positions = Array.from({ length: 400 }, (_, at) => at / 399);
  const film = filmPositionsOf(positions);
  expect(film.length).toBeLessThanOrEqual(64);
  expect([film[0], film.at(-1)]).toEqual([1, 0]);
  expect(film).toEqual(film.toSorted((a, b) => b - a));
  expect(filmPositionsOf([0, 0.5, 1])).toEqual([1, 0.5, 0]);
});

it('rests at both ends', () => {
  expect([0, 1, 2, 3].map((at) => filmDelay(at, 4))).toEqual([
    filmTiming.first,
    filmTiming.step,
    filmTiming.step,
    filmTiming.last,
  ]);
  expect(filmDelay(0, 1)).toBe(filmTiming.last);
});
