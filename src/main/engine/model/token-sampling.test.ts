import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certaintyOf, chooseToken, guideLogits, largestIndices } from './token-sampling.js';

const logits = fc.float32Array({ minLength: 1, maxLength: 60, min: -30, max: 30, noNaN: true });
/** Spread evenly: doubles as fast-check draws them are nearly all next to 0. */
const uniform = fc.integer({ min: 0, max: 999_999 }).map((value) => value / 1e6);

describe('chooseToken', () => {
  test('temperature 0 takes the likeliest, the first of equals', () => {
    expect(chooseToken(Float32Array.of(1, 3, 2, 3), { temperature: 0, topK: 0 }, 0.99)).toBe(1);
  });

  test('only the k likeliest are ever chosen', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 10 }), uniform, (values, topK, chance) => {
        const chosen = chooseToken(values, { temperature: 1, topK }, chance);
        const better = values.filter((value) => value > values[chosen]!).length;
        expect(better).toBeLessThan(topK);
      }),
    );
  });

  test('min-p leaves out what is far less likely than the likeliest, however hot, and nothing else', () => {
    const values = Float32Array.from([0.5, 0.3, 0.16, 0.04], Math.log);
    const chosen = (minP: number, temperature: number) => {
      const found = new Set<number>();
      for (let draw = 0; draw < 500; draw++) {
        found.add(chooseToken(values, { temperature, topK: 0, minP }, (draw + 0.5) / 500));
      }
      return [...found].toSorted((a, b) => a - b);
    };
    expect(chosen(0, 1)).toEqual([0, 1, 2, 3]);
    for (const temperature of [1, 20]) expect(chosen(0.3, temperature)).toEqual([0, 1, 2]);
    expect(chosen(0.5, 1)).toEqual([0, 1]);
    expect(chosen(1, 1)).toEqual([0]);
  });

  /** Probabilities at this temperature, of the k likeliest only. */
  function probabilities(values: Float32Array, temperature: number, topK: number): number[] {
    const kept = new Set(largestIndices(values, topK === 0 ? values.length : topK));
    const peak = Math.max(...values);
    const weights = [...values].map((value, index) => (kept.has(index) ? Math.exp((value - peak) / temperature) : 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  }

  test('top-p: the chosen one is in the smallest set of likeliest ones that reaches p, after temperature and top-k', () => {
    fc.assert(
      fc.property(
        // Near enough to each other that several share what p asks for, and not all alike.
        fc
          .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 20 })
          .map((values) => Float32Array.from(values, (value) => value / 20)),
        uniform,
        fc.integer({ min: 1, max: 50 }).map((value) => value / 10),
        fc.integer({ min: 0, max: 8 }),
        uniform,
        (values, topP, temperature, topK, chance) => {
          const all = probabilities(values, temperature, topK);
          const chosen = chooseToken(values, { temperature, topK, topP }, chance);
          // What is more likely than a member of the smallest set does not reach p without it.
          const above = all.filter((probability) => probability > all[chosen]!).reduce((sum, one) => sum + one, 0);
          expect(all[chosen]).toBeGreaterThan(0);
          if (above > 0) expect(above).toBeLessThan(topP + 1e-9);
        },
      ),
    );
  });

  test('top-p chooses everything in that set, each as often as its share of it says', () => {
    const values = Float32Array.from([0.16, 0.5, 0.04, 0.3], Math.log);
    const counts = (topP: number, temperature = 1) => {
      const found = [0, 0, 0, 0];
      for (let draw = 0; draw < 800; draw++) {
        found[chooseToken(values, { temperature, topK: 0, topP }, (draw + 0.5) / 800)]!++;
      }
      return found;
    };
    expect(counts(0)).toEqual([0, 800, 0, 0]);
    expect(counts(0.49)).toEqual([0, 800, 0, 0]);
    expect(counts(0.6)).toEqual([0, 500, 0, 300]);
    expect(counts(0.97)).toEqual([128, 400, 32, 240]);
    // Cold enough, the likeliest alone reaches it.
    expect(counts(0.6, 0.5)).toEqual([0, 800, 0, 0]);
  });

  test('top-p of 1 chooses what no top-p chooses, with the same chance', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 0, max: 10 }), uniform, (values, topK, chance) => {
        const settings = { temperature: 1, topK };
        expect(chooseToken(values, { ...settings, topP: 1 }, chance)).toBe(chooseToken(values, settings, chance));
      }),
    );
  });

  test('follows the probabilities of the softmax', () => {
    const values = Float32Array.of(0, Math.log(2), Math.log(5));
    const counts = [0, 0, 0];
    const draws = 8000;
    for (let draw = 0; draw < draws; draw++) {
      counts[chooseToken(values, { temperature: 1, topK: 0 }, (draw + 0.5) / draws)]!++;
    }
    expect(counts).toEqual([1000, 2000, 5000]);
  });

  test('temperature sharpens and flattens', () => {
    const values = Float32Array.of(0, 1);
    const share = (temperature: number) => {
      let ones = 0;
      for (let draw = 0; draw < 1000; draw++)
        ones += chooseToken(values, { temperature, topK: 0 }, (draw + 0.5) / 1000);
      return ones / 1000;
    };
    expect(share(0.1)).toBeGreaterThan(0.99);
    expect(share(100)).toBeCloseTo(0.5, 1);
  });

  test('what is impossible is not chosen', () => {
    const values = Float32Array.of(-Infinity, 0, -Infinity);
    for (const chance of [0, 0.5, 0.999999]) {
      expect(chooseToken(values, { temperature: 1, topK: 0 }, chance)).toBe(1);
      expect(chooseToken(values, { temperature: 5, topK: 2 }, chance)).toBe(1);
    }
  });
});

describe('certaintyOf', () => {
  test('entropy lies between 0 and log n; alternatives fall and sum to at most 1', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const { entropy, alternatives } = certaintyOf(values);
        expect(entropy).toBeGreaterThanOrEqual(0);
        expect(entropy).toBeLessThanOrEqual(Math.log(values.length) + 1e-4);
        expect(alternatives).toHaveLength(Math.min(5, values.length));
        const probabilities = alternatives.map((alternative) => alternative.probability);
        expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });

  test('is counted in nats', () => {
    expect(certaintyOf(new Float32Array(1000)).entropy).toBeCloseTo(Math.log(1000), 5);
    // ln 4 − ¾ ln 3
    expect(certaintyOf(Float32Array.of(Math.log(3), 0)).entropy).toBeCloseTo(0.5623351446, 5);
    expect(certaintyOf(Float32Array.of(Math.log(3), 0)).alternatives).toEqual([
      { code: 0, probability: expect.closeTo(0.75, 5) as number },
      { code: 1, probability: expect.closeTo(0.25, 5) as number },
    ]);
    expect(certaintyOf(Float32Array.of(-Infinity, 3, -Infinity)).entropy).toBe(0);
  });
});

test('guidance goes from the unguided logits through the guided ones', () => {
  const [guided, unguided] = [Float32Array.of(1, 5), Float32Array.of(2, 1)];
  expect(guideLogits(guided, unguided, 0)).toEqual(unguided);
  expect(guideLogits(guided, unguided, 1)).toEqual(guided);
  expect(guideLogits(guided, unguided, 2)).toEqual(Float32Array.of(0, 9));
});

test('largestIndices agrees with a stable sort', () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: 0, max: 70 }), (values, count) => {
      const sorted = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
      expect(largestIndices(values, count)).toEqual(sorted.slice(0, count));
    }),
  );
});
