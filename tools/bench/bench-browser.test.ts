import { expect, it } from 'vitest';
import { inDisplayIntervals } from './bench-browser.js';

it('counts frames in beats of the display and hides no late one', () => {
  const beats = inDisplayIntervals([16.6, 16.8, 16.7, 33.2, 3, 50.1]).map((time) => Number(time.toFixed(1)));
  expect(beats).toEqual([16.7, 16.7, 16.7, 33.3, 16.7, 50]);
});
