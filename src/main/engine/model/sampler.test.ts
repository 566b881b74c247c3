import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import {
  addNoise,
  denoise,
  shiftTimestep,
  stepsOf,
  timestepsFrom,
  toCleanImage,
  type Denoising,
  type Sight,
} from './sampler.js';

const { signal } = new AbortController();

function denoising(changes: Partial<Denoising>): Denoising {
  return {
    predict: (x, _t, sights) => Promise.resolve(sights.map(() => new Float32Array(x.length).fill(0.25))),
    x: Float32Array.of(1, -1, 2, -2),
    from: 1,
    steps: 4,
    timestepShift: 1,
    sampler: 'euler',
    guidance: 1,
    signal,
    ...changes,
  };
}

async function finish(job: Denoising): Promise<void> {
  const steps = denoise(job);
  while ((await steps.next()).done !== true);
}

describe('timestepsFrom', () => {
  test('begins where asked, ends at 0 and falls all the way, whatever the shift', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0.2, max: 8, noNaN: true }),
        (from, steps, shift) => {
          const times = timestepsFrom(from, steps, shift);
          expect(times).toHaveLength(steps + 1);
          expect(times[0]).toBe(from);
          expect(times.at(-1)).toBe(0);
          for (let index = 1; index < times.length; index++) expect(times[index]!).toBeLessThan(times[index - 1]!);
        },
      ),
    );
  });

  test('is even without a shift and the shifted grid with one', () => {
    expect(timestepsFrom(1, 4, 1)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(timestepsFrom(1, 4, 3)[2]).toBeCloseTo(shiftTimestep(0.5, 3), 12);
    expect(shiftTimestep(0.5, 3)).toBe(0.75);
  });
});

describe('denoise', () => {
  test('a network that knows the answer is followed exactly, from any t in any number of steps', async () => {
    for (const [from, steps] of [
      [1, 1],
      [0.6, 5],
      [0.1, 50],
    ] as const) {
      const job = denoising({ from, steps });
      const seen: number[] = [];
      for await (const { step, t } of denoise(job)) {
        if (step === 1) expect(t).toBe(from);
        seen.push(step);
      }
      expect(seen).toEqual(Array.from({ length: steps }, (_, index) => index + 1));
      for (const value of job.x) expect(value).toBeCloseTo(0.25, 6);
    }
  });

  test('on the way x lies on the straight line from noise to the answer', async () => {
    const job = denoising({ steps: 4 });
    for await (const { step } of denoise(job)) {
      expect(job.x[0]).toBeCloseTo(0.25 + (1 - step / 4) * 0.75, 6);
    }
  });

  test('Adams-Bashforth begins as Euler and then leans on the step before', async () => {
    // A velocity of t² along the way: x0Hat = x − t · t². From 1 in three steps of a third, by hand.
    const predict: Denoising['predict'] = (x, t) => Promise.resolve([x.map((value) => value - t * t * t)]);
    const job = denoising({ predict, steps: 3, sampler: 'adams-bashforth-2', x: Float32Array.of(0) });
    const seen: number[] = [];
    for await (const step of denoise(job)) {
      void step;
      seen.push(job.x[0]!);
    }
    const first = -1 / 3;
    const second = first - (1.5 * (4 / 9) - 0.5 * 1) / 3;
    const third = second - (1.5 * (1 / 9) - 0.5 * (4 / 9)) / 3;
    for (const [index, value] of [first, second, third].entries()) expect(seen[index]).toBeCloseTo(value, 6);
  });

  test('Adams-Bashforth follows a network that knows the answer as exactly as Euler does', async () => {
    const job = denoising({ from: 0.6, steps: 5, sampler: 'adams-bashforth-2', timestepShift: 2 });
    await finish(job);
    // The last step overshoots by what the lengths of the steps differ; on this straight path every velocity is the same.
    for (const value of job.x) expect(value).toBeCloseTo(0.25, 5);
  });

  test('what the decoder was not trained for is refused, not guided towards', () => {
    const manifest = fakeManifest();
    expect(stepsOf(manifest, 3)).toEqual({ timestepShift: 1, sampler: 'euler', guidance: 3 });
    manifest.tokens.withoutTokensTrained = false;
    expect(stepsOf(manifest, 1).guidance).toBe(1);
    expect(() => stepsOf(manifest, 3)).toThrow(/was not trained to draw without tokens/);
  });

  test('guidance 1 evaluates once a step, any other twice and mixes', async () => {
    const asked: (readonly Sight[])[] = [];
    const predict: Denoising['predict'] = (x, _t, sights) => {
      asked.push(sights);
      return Promise.resolve(sights.map((sight) => new Float32Array(x.length).fill(sight === 'none' ? 0.1 : 0.2)));
    };
    await finish(denoising({ predict, steps: 2 }));
    expect(asked).toEqual([['scheduled'], ['scheduled']]);
    asked.length = 0;
    const job = denoising({ predict, steps: 1, guidance: 3 });
    await finish(job);
    expect(asked).toEqual([['scheduled', 'none']]);
    expect(job.x[0]).toBeCloseTo(0.1 + 3 * 0.1, 6);
  });

  test('stops between steps when cancelled', async () => {
    const cancellation = new AbortController();
    let steps = 0;
    const run = async () => {
      for await (const { step } of denoise(denoising({ steps: 10, signal: cancellation.signal }))) {
        steps = step;
        if (step === 3) cancellation.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(steps).toBe(3);
  });
});

test('a velocity becomes the clean image it points away from', () => {
  const clean = Float32Array.of(0.5, -0.5, 0.1, 0.9);
  const noise = Float32Array.of(1, -2, 0.3, 0);
  const noiseScale = 2;
  const x = Float32Array.from([
    ...addNoise(clean.subarray(0, 2), noise.subarray(0, 2), 0.4, noiseScale),
    ...addNoise(clean.subarray(2), noise.subarray(2), 0.9, noiseScale),
  ]);
  const velocity = noise.map((value, index) => value * noiseScale - clean[index]!);
  const found = toCleanImage(velocity, x, Float32Array.of(0.4, 0.9), 'velocity');
  found.forEach((value, index) => expect(value).toBeCloseTo(clean[index]!, 5));
});

test('x_t runs from the clean image to scaled noise', () => {
  expect(addNoise(Float32Array.of(0.5), Float32Array.of(1), 0, 2)).toEqual(Float32Array.of(0.5));
  expect(addNoise(Float32Array.of(0.5), Float32Array.of(1), 1, 2)).toEqual(Float32Array.of(2));
  expect(addNoise(Float32Array.of(0.5), Float32Array.of(1), 0.5, 2)).toEqual(Float32Array.of(1.25));
});
