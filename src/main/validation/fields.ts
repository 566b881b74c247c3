/** Values that several messages have in common, with their ranges. */
import { z } from 'zod';
import { promptLimit } from '../../shared/prompt-limits.js';
import { largestSeed } from '../../shared/seeds.js';
import { imageLimits } from '../../shared/images.js';
import { maskLimits } from '../../shared/pictures/mask.js';

export const limits = {
  prompt: promptLimit,
  name: 200,
  text: 20_000,
  codes: 65_536,
  frames: 10_000,
  operations: 10_000,
  positions: 4096,
  groups: 4096,
  variations: 16,
  steps: 200,
  guidance: 20,
  candidates: 8,
  cacheBytes: 64 * 1024 ** 3,
} as const;

export const seed = z.int().min(0).max(largestSeed);
export const code = z.int().min(0).max(0x7fffffff);
export const codes = z.array(code).min(1).max(limits.codes);
export const steps = z.int().min(1).max(limits.steps);
export const guidance = z.number().min(0).max(limits.guidance);
export const timestep = z.number().min(0).max(1);
// What a database keeps as it is: no control characters, no half surrogates.
export const id = z
  .string()
  .max(100)
  .regex(/^[^\p{C}]+$/u, 'must be printable');
export const packId = z.string().min(1).max(limits.name);
export const name = z.string().trim().min(1).max(limits.name);
export const imageId = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
export const text = z.string().max(limits.text);
export const word = z.string().max(limits.name);
export const instant = z.iso.datetime();
export const coordinate = z.number().min(-1e7).max(1e7);
export const size = z.number().positive().max(1e6);
export const pixels = z.int().min(1).max(imageLimits.maxSide);

export const settings = z.strictObject({
  steps,
  tokenGuidance: guidance,
  textGuidance: guidance,
  temperature: z.number().min(0).max(10),
  topK: z.int().min(0).max(1_000_000),
  candidates: z.int().min(1).max(limits.candidates).optional(),
});

export const tokenIndex = z.int().min(0).max(limits.codes);
export const frameMask = z.strictObject({
  imageId,
  grow: z.int().min(-maskLimits.grow).max(maskLimits.grow),
  feather: z.int().min(0).max(maskLimits.feather),
});
export const region = z.strictObject({
  x: z.int().min(0).max(imageLimits.maxSide),
  y: z.int().min(0).max(imageLimits.maxSide),
  width: pixels,
  height: pixels,
});
