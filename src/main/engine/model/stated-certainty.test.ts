import { expect, test } from 'vitest';
import { statedCertainty } from './stated-certainty.js';
import { certaintyOf } from './token-sampling.js';

/** Ids 0…3 are text, 4… codes. */
const codeOf = (id: number): number | null => (id < 4 ? null : id - 4);
const logits = Float32Array.from({ length: 68 }, (_, id) => 3 * Math.sin(id * 1.7));
const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
const likeliest = (count: number, written = 4): ReadonlyMap<number, number> => {
  const ids = [...logits.keys()].sort((one, other) => logits[other]! - logits[one]!).slice(0, count);
  return new Map([...new Set([...ids, written])].map((id) => [id, logits[id]! - total]));
};
const exact = certaintyOf(logits.subarray(4));

test('where everything is told it is what the model itself would say, text left out', () => {
  const found = statedCertainty(likeliest(68), { told: 68, codeOf });
  expect(found.entropy).toBeCloseTo(exact.entropy, 4);
  expect(found.alternatives.map(({ code }) => code)).toEqual(exact.alternatives.map(({ code }) => code));
  expect(found.alternatives[0]!.probability).toBeCloseTo(exact.alternatives[0]!.probability, 4);
});

test('where less is told it is at least so much, and more the more is told', () => {
  const found = [5, 10, 20, 40].map((told) => statedCertainty(likeliest(told), { told, codeOf }).entropy);
  for (const entropy of found) expect(entropy).toBeLessThanOrEqual(exact.entropy + 1e-4);
  expect(found.toSorted((one, other) => one - other)).toEqual(found);
  // Nearly all of it, from 20 of 68.
  expect(found[2]).toBeGreaterThan(0.95 * exact.entropy);
});

test('codes that are all alike are told apart from certainty by a single one', () => {
  const even = new Map([[4, -Math.log(64)]]);
  expect(statedCertainty(even, { told: 1, codeOf }).entropy).toBeCloseTo(Math.log(64), 6);
  expect(statedCertainty(new Map([[4, 0]]), { told: 1, codeOf }).entropy).toBe(0);
});
