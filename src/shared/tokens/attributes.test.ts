import { describe, expect, it } from 'vitest';
import { lockInHold, lockInShare, lockInTimestep } from './attributes.js';

const lane = (...shares: number[]) => shares.map((share, index) => ({ t: (index + 1) / 10, share }));

describe('lockInTimestep', () => {
  it.each([
    ['falls once', lane(1, 0.95, 0.92, 0.5, 0.1), 0.3],
    ['comes back later', lane(1, 0.95, 0.5, 0.95, 0.1), 0.2],
    ['never falls', lane(1, 0.9), 0.2],
    ['never reaches it', lane(0.5, 1), null],
    ['wavers below what it reached', lane(0.87, 0.88, 0.95, 0.86, 0.9, 0.7), 0.5],
    ['holds without ever reaching it', lane(0.87, 0.89, 0.88), null],
    ['is there only at t = 0', [{ t: 0, share: 1 }, ...lane(0.4)], null],
    ['is empty', lane(), null],
  ])('of a lane that %s', (_name, points, t) => {
    expect(lockInTimestep(points)).toBe(t);
    expect(lockInTimestep(points.toReversed())).toBe(t);
  });

  it('takes both bounds as they are', () => {
    expect(lockInTimestep(lane(lockInShare, lockInHold))).toBe(0.1);
    expect(lockInTimestep(lane(lockInShare, lockInHold - 1e-9))).toBe(0.1);
    expect(lockInTimestep(lane(lockInHold - 1e-9, lockInShare))).toBeNull();
    expect(lockInTimestep(lane(1, 1, 0), 1, 1)).toBe(0.2);
  });
});
