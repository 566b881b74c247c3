/** From logits to one code: guidance, temperature, top-k, min-p, top-p, and how sure the model was. Pure. */
import type { TokenCertainty } from '../../../shared/document/document.js';

export interface ChoiceSettings {
  /** 0 = always the likeliest. */
  temperature: number;
  /** 0 = no limit. */
  topK: number;
  /** Never what is less likely than this share of the likeliest, at temperature 1 (min-p, arXiv 2407.01082); absent or 0 = no limit. */
  minP?: number;
  /** Only the fewest likeliest whose probabilities reach this sum, after all the others (nucleus, arXiv 1904.09751); absent or 1 = no limit. */
  topP?: number | undefined;
}

export const alternativesKept = 5;

/** `without + guidance · (with − without)`, into a new array; 1 = the guided logits alone. */
export function guideLogits(withText: Float32Array, without: Float32Array, guidance: number): Float32Array {
  const guided = new Float32Array(withText.length);
  for (let index = 0; index < guided.length; index++) {
    guided[index] = without[index]! + guidance * (withText[index]! - without[index]!);
  }
  return guided;
}

/**
 * The chosen index into `logits`. `uniform` in [0, 1) decides among what top-k leaves by inverse cumulative probability.
 * Ties go to the lower index, so that every run agrees. Logits of -Infinity are never chosen unless all are.
 */
export function chooseToken(logits: Float32Array, settings: ChoiceSettings, uniform: number): number {
  const best = indexOfLargest(logits);
  if (settings.temperature <= 0 || settings.topK === 1) return best;
  const peak = logits[best]!;
  if (!Number.isFinite(peak)) return best;
  const pool = settings.topK > 0 && settings.topK < logits.length ? largestIndices(logits, settings.topK) : undefined;
  const count = pool === undefined ? logits.length : pool.length;
  const least = peak + Math.log(settings.minP ?? 0);
  const weights = new Float64Array(count);
  let total = 0;
  for (let place = 0; place < count; place++) {
    const index = pool === undefined ? place : pool[place]!;
    const weight = logits[index]! < least ? 0 : Math.exp((logits[index]! - peak) / settings.temperature);
    weights[place] = weight;
    total += weight;
  }
  if (settings.topP !== undefined && settings.topP < 1) total = keepNucleus(weights, total, settings.topP);
  let remaining = uniform * total;
  let last = best;
  for (let place = 0; place < count; place++) {
    const weight = weights[place]!;
    if (weight === 0) continue;
    last = pool === undefined ? place : pool[place]!;
    remaining -= weight;
    if (remaining < 0) return last;
  }
  return last;
}

/** Only the fewest largest weights that reach `share` of `total`, their sum, stay; returns theirs. Of equal ones the first stays. */
function keepNucleus(weights: Float64Array, total: number, share: number): number {
  // All that weigh less than this together fall short of what is left out, so they need no sorting: nearly all of a large vocabulary.
  const least = ((1 - share) * total) / weights.length;
  const largest = Array.from(weights.keys())
    .filter((place) => weights[place]! >= least)
    .sort((a, b) => weights[b]! - weights[a]! || a - b);
  const kept = new Set<number>();
  let sum = 0;
  for (const place of largest) {
    kept.add(place);
    sum += weights[place]!;
    if (sum >= share * total) break;
  }
  for (const place of weights.keys()) if (!kept.has(place)) weights[place] = 0;
  return sum;
}

/**
 * The model's own distribution over the legal codes: temperature 1, before top-k, after guidance. Entropy in nats, and the
 * five likeliest codes, likeliest first.
 */
export function certaintyOf(logits: Float32Array): TokenCertainty {
  const peak = logits[indexOfLargest(logits)]!;
  let total = 0;
  let weighted = 0;
  for (const logit of logits) {
    const weight = Math.exp(logit - peak);
    total += weight;
    if (weight > 0) weighted += weight * (logit - peak);
  }
  return {
    entropy: Math.max(0, Math.log(total) - weighted / total),
    alternatives: largestIndices(logits, alternativesKept).map((code) => ({
      code,
      probability: Math.exp(logits[code]! - peak) / total,
    })),
  };
}

/** −log of the probability of `code`, nats. */
export function surprisalOf(logits: Float32Array, code: number): number {
  const peak = logits.reduce((largest, logit) => Math.max(largest, logit), -Infinity);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
  return Math.max(0, Math.log(total) - (logits[code]! - peak));
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

/** Indices of the `count` largest values, largest first; equal values in order of index. */
export function largestIndices(values: Float32Array, count: number): number[] {
  const kept: number[] = [];
  const limit = Math.min(count, values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (kept.length === limit && !(value > values[kept[limit - 1]!]!)) continue;
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[kept[middle]!]! >= value) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, index);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}
