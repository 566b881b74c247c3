/** Scores and their uncertainty. Pure; every interval is a 95 % confidence interval. */
const z95 = 1.959963984540054;

/**
 * Wilson's score interval of a proportion (E. B. Wilson, 1927): right near 0 and 1 too, where ±1.96·s is not. `z`: standard
 * deviations, 1.96 for 95 %.
 */
export function wilsonInterval(successes: number, count: number, z = z95): [number, number] {
  if (count === 0) return [0, 1];
  const share = successes / count;
  const scale = 1 / (1 + z ** 2 / count);
  const middle = (share + z ** 2 / (2 * count)) * scale;
  const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2)) * scale;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Percentile bootstrap of the mean, 2000 draws from a fixed seed: the same numbers give the same interval. */
export function bootstrapInterval(values: readonly number[], draws = 2000): [number, number] {
  if (values.length === 0) return [Number.NaN, Number.NaN];
  const random = mulberry32(20_260_101);
  const means = Array.from({ length: draws }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  });
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

/** Linear interpolation between order statistics; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(at)] ?? Number.NaN) - low) * (at - Math.floor(at));
}

/** Mulberry32 (T. Ettinger): 32 bits of state are plenty for resampling. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
