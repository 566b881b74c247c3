/** What a job may ask for. Callers are other processes: every request is checked before anything runs. */
import { z } from 'zod';
import { StudioError } from '../../shared/errors.js';
import { maskLimits } from '../../shared/pictures/mask.js';
import { studyLimits } from '../../shared/analyses.js';
import { filmLimits } from '../../shared/build-up.js';
import type { EngineRequest } from './protocol.js';

const image = z
  .object({
    width: z.number().int().min(1).max(65_536),
    height: z.number().int().min(1).max(65_536),
    data: z.instanceof(Uint8Array),
  })
  .refine((raster) => raster.data.length === raster.width * raster.height * 4, 'the bytes do not fit the size');
const codes = z.array(z.number()).max(100_000);
const source = z.union([z.object({ image }), z.object({ codes })]);
const seed = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const variations = z.number().int().min(1).max(16);
const steps = z.number().int().min(1).max(200);
const guidance = z.number().min(0).max(100);
const timestep = z.number().min(0).max(1);
const text = z.string().max(100_000);
const settings = z.object({
  steps,
  tokenGuidance: guidance,
  textGuidance: guidance,
  temperature: z.number().min(0).max(100),
  topK: z.number().int().min(0),
  candidates: z.number().int().min(1).max(8).exactOptional(),
});

const kept = z.array(z.number().nullable()).max(100_000);
const index = z.number().int().min(0).max(100_000);
const groups = z
  .array(z.object({ from: index, to: index }).refine(({ from, to }) => from <= to, 'from lies behind to'))
  .min(1)
  .max(4096);

const radius = z.number().int().max(maskLimits.grow);
const painted = z
  .object({
    width: z.number().int().min(1).max(65_536),
    height: z.number().int().min(1).max(65_536),
    data: z.instanceof(Uint8Array),
  })
  .refine((mask) => mask.data.length === mask.width * mask.height, 'the bytes do not fit the size');
const base = z.object({
  image,
  mask: z.object({ painted, grow: radius.min(-maskLimits.grow), feather: radius.min(0) }).exactOptional(),
});

const plan = z.union([z.literal('none'), z.object({ text })]);

const form = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('generate'),
    prompt: text,
    seed,
    variations,
    settings,
    kept: kept.exactOptional(),
    base: base.exactOptional(),
    plan: plan.exactOptional(),
  }),
  z.object({
    kind: z.literal('edit'),
    source,
    instruction: text,
    seed,
    variations,
    settings,
    kept: kept.exactOptional(),
    base: base.exactOptional(),
    plan: plan.exactOptional(),
    region: z.enum(['changed', 'whole']).exactOptional(),
  }),
  z.object({ kind: z.literal('describe'), source }),
  z.object({ kind: z.literal('ask'), source, question: text }),
  z.object({ kind: z.literal('encode'), image }),
  z.object({
    kind: z.literal('decode'),
    codes,
    image: image.exactOptional(),
    t: timestep,
    keepFrom: z.number().int().min(0),
    hidden: z.array(z.number().int().min(0)).max(100_000).exactOptional(),
    steps,
    seed,
    tokenGuidance: guidance,
  }),
  z.object({
    kind: z.literal('timeline'),
    source,
    seed,
    positions: z.array(timestep).min(1).max(1000).exactOptional(),
    readAlone: z.boolean().exactOptional(),
  }),
  z.object({
    kind: z.literal('captions'),
    source,
    seed,
    positions: z.array(timestep).min(1).max(1000).exactOptional(),
  }),
  z.object({
    kind: z.literal('ablate'),
    source,
    seed,
    groups: groups.exactOptional(),
    pictures: z.boolean().exactOptional(),
  }),
  z.object({
    kind: z.literal('film'),
    source,
    seed,
    counts: z.array(index).min(1).max(filmLimits.counts).exactOptional(),
  }),
  z.object({
    kind: z.literal('entropy'),
    sources: z.array(source).max(100_000),
    prompts: z.array(text).exactOptional(),
    samples: z.object({ count: z.number().int().min(1).max(100_000), seed, prompt: text }).exactOptional(),
    strides: z.array(index).max(studyLimits.strides),
  }),
  z.object({
    kind: z.literal('spectrum'),
    source,
    counts: z.array(index.min(1)).min(1).max(studyLimits.counts).exactOptional(),
    seed,
    steps,
  }),
  z.object({ kind: z.literal('seeds'), source, count: z.number().int().min(2).max(100), seed, steps }),
]);

/** Throws `bad-request`, naming the field. */
export function checkRequest(request: unknown): EngineRequest {
  const parsed = form.safeParse(request);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new StudioError(
    'bad-request',
    `The request is wrong at ${issue.path.join('.') || 'its kind'}: ${issue.message}.`,
    'Correct that value and run it again.',
  );
}
