/** How sure a model was, from the likeliest ids alone that a server tells. Pure. */
import type { TokenCertainty } from '../../../shared/document/document.js';
import { alternativesKept } from './token-sampling.js';

/**
 * Entropy in nats over the codes, and the likeliest ones. `logprobs`: of the `told` likeliest ids of the whole vocabulary and of the one
 * that was written. What is not told is less likely than the least of those, so that its share counts as many of that size: the entropy is
 * at least this, and exactly this where nothing is left out, or everything left is as likely.
 */
export function statedCertainty(
  logprobs: ReadonlyMap<number, number>,
  { told, codeOf }: { told: number; codeOf: (id: number) => number | null },
): TokenCertainty {
  const ordered = [...logprobs].sort(([, one], [, other]) => other - one);
  const codes = ordered.flatMap(([id, logprob]) => {
    const code = codeOf(id);
    return code === null ? [] : [{ code, probability: Math.exp(logprob) }];
  });
  const others = ordered.reduce((sum, [id, logprob]) => (codeOf(id) === null ? sum + Math.exp(logprob) : sum), 0);
  const known = codes.reduce((sum, { probability }) => sum + probability, 0);
  // Text might have stood there too; of the codes, all together are certain. Rounded sums may pass 1 by a hair.
  const whole = Math.max(known, 1 - others);
  const left = Math.max(0, 1 - known / whole);
  const least = Math.exp(ordered[Math.min(told, ordered.length) - 1]?.[1] ?? 0) / whole;
  const shares = codes.map(({ code, probability }) => ({ code, probability: probability / whole }));
  const entropy = shares.reduce((sum, { probability: p }) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return {
    entropy: Math.max(0, entropy - (left > 1e-6 && least > 0 ? left * Math.log(Math.min(1, least)) : 0)),
    alternatives: shares.slice(0, alternativesKept),
  };
}
