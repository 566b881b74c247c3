import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './scroll-pace.js';

/** What it says at each of these distances, a frame of a 60 Hz display apart. */
function says(distances: readonly number[], viewport = 900, frame = 1000 / 60): boolean[] {
  const pace = new Pace();
  let top = 0;
  return distances.map((distance, index) => pace.step((top += distance), 1000 + index * frame, viewport));
}

describe('the pace of scrolling', () => {
  it('is a fling from the second fast step on, and ends after three slow ones', () => {
    expect(says([600, 600, 600, 20, 20, 20, 20])).toEqual([false, true, true, true, true, false, false]);
  });

  it('is none for a jump: to the end, by a page, to what the keyboard is at', () => {
    expect(says([100_000, 0, 5, 5])).toEqual([false, false, false, false]);
    expect(says([30, 900, 30, 900, 30])).toEqual([false, false, false, false, false]);
  });

  it('does not depend on how often the window is drawn', () => {
    expect(says([400, 400], 900, 250)).toEqual([false, true]);
    // The first step is of unknown speed.
    expect(says([30, 30, 30], 900, 4)).toEqual([false, false, true]);
    expect(says([30, 30, 30], 900, 1000 / 60)).toEqual([false, false, false]);
  });

  it('never holds pictures back from somebody who reads along, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3000, max: 3000 })), (before) => {
        expect(says([...before, 20, 20, 20]).at(-1)).toBe(false);
      }),
    );
  });

  it('begins anew at rest', () => {
    const pace = new Pace();
    expect([pace.step(600, 0, 900), pace.step(1200, 16, 900)]).toEqual([false, true]);
    pace.rest();
    expect([pace.step(1800, 32, 900), pace.step(2400, 48, 900)]).toEqual([false, true]);
  });
});
