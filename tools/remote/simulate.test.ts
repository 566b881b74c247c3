import { describe, expect, test } from 'vitest';
import { simulate, type Load } from './simulate.js';

const load: Load = {
  ...{ users: 1, everyMs: 20_000, steps: 10, servers: 1, pictures: 400, seed: 1 },
  ...{ fixedMs: 5, rowMs: 10, mostRows: 16, queueDelayMs: 2, wireMs: 4 },
};

describe('simulate', () => {
  test('a person alone waits for nothing but the steps, the wire and the delay of the queue', () => {
    // 10 steps of 5 + 10 ms, 4 ms on the wire and 2 ms in the queue.
    expect(simulate(load).medianMs).toBeCloseTo(210, 5);
    expect(simulate({ ...load, servers: 4 }).medianMs).toBeCloseTo(210, 5);
  });

  test('many share batches; too many wait, and more servers help', () => {
    const crowd = { ...load, users: 120 };
    const one = simulate(crowd);
    expect(one.rowsPerBatch).toBeGreaterThan(1.2);
    expect(one.medianMs).toBeGreaterThan(simulate({ ...crowd, servers: 4 }).medianMs);
    const flood = simulate({ ...load, users: 1000 });
    expect(flood.busy).toBeGreaterThan(0.95);
    expect(flood.slowest95Ms).toBeGreaterThan(3000);
    // 16 rows in 165 ms, 10 rows a picture.
    expect(flood.picturesPerSecond).toBeLessThanOrEqual(9.7);
  });

  test('the same seed, the same outcome', () => {
    expect(simulate({ ...load, users: 50 })).toEqual(simulate({ ...load, users: 50 }));
    expect(simulate({ ...load, users: 50 })).not.toEqual(simulate({ ...load, users: 50, seed: 2 }));
  });
});
