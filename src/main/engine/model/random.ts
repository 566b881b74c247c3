/**
 * Reproducible randomness. One generator per (seed, stream), so that what one part of a job draws never shifts what
 * another part gets: the noise of a picture is the same however many tokens were sampled before it.
 *
 * xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32; normal numbers by Box and Muller (1958).
 */

/** What a generator is for. The numbers are part of "same seed, same pixels": never renumber them. */
export const randomStreams = { noise: 1, tokens: 2, probe: 3, plan: 4 } as const;
export type RandomStream = keyof typeof randomStreams;

export class Random {
  private readonly state: Uint32Array;

  /** `seed`: any safe integer, negative ones included. `branch`: 0 for the stream itself, others share nothing with it. */
  constructor(seed: number, stream: RandomStream, branch = 0) {
    const low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32) >>> 0;
    let mixer = low;
    const next = (): number => {
      mixer = (mixer + 0x9e3779b9) >>> 0;
      let z = mixer;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    // Each part passes through the mixer before the next is added: neighbouring seeds and streams share nothing.
    mixer = (next() ^ high) >>> 0;
    mixer = (next() ^ randomStreams[stream]) >>> 0;
    if (branch !== 0) mixer = (next() ^ branch) >>> 0;
    this.state = Uint32Array.of(next(), next(), next(), next());
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
  }

  /** The next 32 bits. */
  private bits(): number {
    const s = this.state;
    const product = Math.imul(s[1]!, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Uniform in [0, 1), 32 bits: enough for noise, whose tails then end at 6.7 standard deviations. */
  private coarse(): number {
    return this.bits() / 2 ** 32;
  }

  /** Standard normal numbers into `target[from …]`, `length` of them. */
  fillGaussian(target: Float32Array, from = 0, length = target.length - from): void {
    for (let index = 0; index < length; index += 2) {
      // 1 - u lies in (0, 1], whose logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - this.coarse()));
      const angle = 2 * Math.PI * this.coarse();
      target[from + index] = radius * Math.cos(angle);
      if (index + 1 < length) target[from + index + 1] = radius * Math.sin(angle);
    }
  }
}

/** Normal noise of standard deviation `scale` for `count` pictures of `size` values each; picture i is drawn with seed + i. */
export function gaussianNoise(seed: number, count: number, size: number, scale = 1): Float32Array {
  const noise = new Float32Array(count * size);
  for (let index = 0; index < count; index++) new Random(seed + index, 'noise').fillGaussian(noise, index * size, size);
  if (scale !== 1) for (let index = 0; index < noise.length; index++) noise[index]! *= scale;
  return noise;
}
