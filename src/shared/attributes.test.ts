import { describe, expect, it } from 'vitest';
import { lockInTimestep } from './attributes.js';

const lane = (...shares: number[]) => shares.map((share, index) => ({ t: (index + 1) / 10, share }));

describe('lockInTimestep', () => {
  it.each([
    ['falls once', lane(1, 0.95, 0.92, 0.5, 0.1), 0.3],
    ['comes back later', lane(1, 0.95, 0.5, 0.95, 0.1), 0.2],
    ['never falls', lane(1, 0.9), 0.2],
    ['never reaches it', lane(0.5, 1), null],
    ['is empty', lane(), null],
  ])('of a lane that %s', (_name, points, t) => {
    expect(lockInTimestep(points, 0.9)).toBe(t);
    expect(lockInTimestep(points.toReversed(), 0.9)).toBe(t);
  });
});
