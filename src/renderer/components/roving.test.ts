import { describe, expect, it } from 'vitest';
import { nextStop } from './roving.js';

describe('the next stop of a toolbar', () => {
  it('goes on in its direction, and around the ends', () => {
    expect(nextStop('ArrowRight', 0, 3, false)).toBe(1);
    expect(nextStop('ArrowRight', 2, 3, false)).toBe(0);
    expect(nextStop('ArrowLeft', 0, 3, false)).toBe(2);
    expect(nextStop('ArrowDown', 0, 3, true)).toBe(1);
    expect([nextStop('Home', 2, 3, true), nextStop('End', 0, 3, true)]).toEqual([0, 2]);
  });

  it('leaves keys of the other direction, and all others, alone', () => {
    expect(nextStop('ArrowDown', 0, 3, false)).toBeNull();
    expect(nextStop('ArrowRight', 0, 3, true)).toBeNull();
    expect(nextStop('Enter', 0, 3, true)).toBeNull();
  });
});
