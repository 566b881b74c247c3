/**
 * Restoring a clean image from x_t in steps along the straight path x_t = (1-t)·x_0 + t·noiseScale·ε
 * (DDT-LLaMA, arXiv 2504.14666, section 3; Euler steps are those of training/models/diffusion.py).
 */
import { StudioError } from '../../../shared/errors.js';
import { guidesByTokens, type PackManifest, type SamplerName } from '../../../shared/packs/pack.js';
import { checkpoint } from '../cancellation.js';

/** What the decoder may see besides x_t: the tokens the schedule shows at `t`, or none. */
export type Sight = 'scheduled' | 'none';

/** x0Hat of a batch `x` [B, size] at one `t`, once per entry of `sights`, each [B, size]. */
export type Predict = (x: Float32Array, t: number, sights: readonly Sight[]) => Promise<Float32Array[]>;

export interface Denoising {
  predict: Predict;
  /** x_t at `from`, [B, size]; changed in place into the clean image. */
  x: Float32Array;
  /** Where to start, (0, 1]. */
  from: number;
  steps: number;
  timestepShift: number;
  sampler: SamplerName;
  /** x0Hat = without + guidance · (with − without tokens); at 1 the second evaluation is skipped. */
  guidance: number;
  signal: AbortSignal;
}

export interface DenoisingStep {
  /** 1…steps. */
  step: number;
  steps: number;
  t: number;
  /** The decoder's guess of the clean image at this step, [B, size]; valid until the next step. */
  x0Hat: Float32Array;
}

/** How a pack's pictures are restored. Throws `task-unsupported` for guidance away from what the decoder was not trained for. */
export function stepsOf(
  { name, diffusion, tokens }: Pick<PackManifest, 'name' | 'diffusion' | 'tokens'>,
  guidance = diffusion.defaultGuidance,
): Pick<Denoising, 'timestepShift' | 'sampler' | 'guidance'> {
  if (guidance !== 1 && !guidesByTokens({ tokens })) {
    throw new StudioError(
      'task-unsupported',
      `The decoder of ${name} was not trained to draw without tokens, so there is nothing to guide it away from.`,
      'Set the guidance by tokens to 1.',
    );
  }
  return { timestepShift: diffusion.timestepShift, sampler: diffusion.sampler ?? 'euler', guidance };
}

/** t' = shift·t / (1 + (shift-1)·t): more steps near noise when shift > 1 (SD3, arXiv 2403.03206, section 5.3.2). */
export function shiftTimestep(t: number, shift: number): number {
  return (shift * t) / (1 + (shift - 1) * t);
}

/**
 * The steps + 1 times from `from` down to 0: evenly spaced before the shift is applied, and such that the first one is
 * `from` itself.
 */
export function timestepsFrom(from: number, steps: number, shift: number): number[] {
  const unshifted = from / (shift - (shift - 1) * from);
  return Array.from({ length: steps + 1 }, (_, step) =>
    step === 0 ? from : shiftTimestep(unshifted * (1 - step / steps), shift),
  );
}

/** x_t for a batch: `clean` and `noise` [B, size], written into a new array. */
export function addNoise(clean: Float32Array, noise: Float32Array, t: number, noiseScale: number): Float32Array {
  const noised = new Float32Array(clean.length);
  const kept = 1 - t;
  const added = t * noiseScale;
  for (let index = 0; index < noised.length; index++) noised[index] = kept * clean[index]! + added * noise[index]!;
  return noised;
}

/** The network's answer as x0Hat: a velocity v = ε·noiseScale − x_0 gives x_0 = x_t − t·v. Changes `answer` in place. */
export function toCleanImage(
  answer: Float32Array,
  x: Float32Array,
  times: Float32Array,
  parameterisation: PackManifest['diffusion']['parameterisation'],
): Float32Array {
  if (parameterisation === 'x0') return answer;
  const size = x.length / times.length;
  for (let row = 0; row < times.length; row++) {
    const t = times[row]!;
    for (let index = row * size; index < (row + 1) * size; index++) answer[index] = x[index]! - t * answer[index]!;
  }
  return answer;
}

/**
 * The velocity is (x − x0Hat) / t, so one Euler step keeps `ratio` of the way from x0Hat to x. Changes `x`.
 * A function of its own: loops inside an async generator are never compiled to fast code.
 */
function eulerStep(x: Float32Array, x0Hat: Float32Array, ratio: number): void {
  for (let index = 0; index < x.length; index++) x[index] = x0Hat[index]! + ratio * (x[index]! - x0Hat[index]!);
}

/**
 * Second-order Adams-Bashforth: x + (t' − t)·(1.5·v − 0.5·v of the step before), v = (x − x0Hat) / t, whatever the steps' lengths, as
 * D-AR's decoder was sampled (`tokenizer/tokenizer_image/diff_decoder.py`, method `adams2`). The first step is Euler's. Changes
 * `x`, and `before` into this step's velocity.
 */
function adamsBashforthStep(
  x: Float32Array,
  x0Hat: Float32Array,
  before: Float32Array,
  first: boolean,
  t: number,
  next: number,
): void {
  for (let index = 0; index < x.length; index++) {
    const velocity = (x[index]! - x0Hat[index]!) / t;
    x[index] = x[index]! + (next - t) * (first ? velocity : 1.5 * velocity - 0.5 * before[index]!);
    before[index] = velocity;
  }
}

/** Yields after every step; afterwards `x` holds the clean image. Throws `cancelled` between steps. */
export async function* denoise(denoising: Denoising): AsyncGenerator<DenoisingStep, void> {
  const { predict, x, steps, guidance, sampler, signal } = denoising;
  const times = timestepsFrom(denoising.from, steps, denoising.timestepShift);
  const before = sampler === 'adams-bashforth-2' ? new Float32Array(x.length) : null;
  for (let step = 0; step < steps; step++) {
    await checkpoint(signal);
    const now = times[step]!;
    const next = times[step + 1]!;
    const [scheduled, none] = await predict(x, now, guidance === 1 ? ['scheduled'] : ['scheduled', 'none']);
    const x0Hat = scheduled!;
    if (none !== undefined) {
      for (let index = 0; index < x0Hat.length; index++) {
        x0Hat[index] = none[index]! + guidance * (x0Hat[index]! - none[index]!);
      }
    }
    if (before === null) eulerStep(x, x0Hat, next / now);
    else adamsBashforthStep(x, x0Hat, before, step === 0, now, next);
    yield { step: step + 1, steps, t: now, x0Hat };
  }
  await checkpoint(signal);
}
