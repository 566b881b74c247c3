/** What a window may ask the engine to do. */
import { z } from 'zod';
import { textLimits, tokenLimits, variationLimits } from '../../shared/limits.js';
import { packViewLimits } from '../../shared/pack-comparison.js';
import { studyLimits } from '../../shared/analyses.js';
import {
  code,
  codes,
  frameMask,
  imageId,
  packId,
  region,
  seed,
  settings,
  steps,
  timestep,
  tokenGuidance,
  tokenIndex,
  whole,
} from './fields.js';

// Length is checked apart, because a prompt that is empty or too long has a code of its own.
const prompt = z.string();

const kept = z.array(code.nullable()).min(1).max(tokenLimits.count);
const tokenRange = z
  .strictObject({ from: tokenIndex, to: tokenIndex })
  .refine(({ from, to }) => from <= to, 'from lies behind to');

// As with prompts, the engine tells what is wrong with its length.
const plan = z.union([z.literal('none'), z.strictObject({ text: z.string() })]);

const editBase = z.strictObject({ imageId, mask: frameMask.optional() });
export const imageSource = z.union([
  z.strictObject({ imageId }),
  z.strictObject({ pack: packId, codes, imageId: imageId.optional() }),
]);

/** What a queue keeps: it outlives its window. */
const queuedKinds = [
  z.strictObject({
    kind: z.literal('generate'),
    prompt,
    seed,
    variations: whole(variationLimits),
    settings,
    kept: kept.optional(),
    base: editBase.optional(),
    plan: plan.optional(),
  }),
  z.strictObject({
    kind: z.literal('edit'),
    source: imageSource,
    instruction: prompt,
    seed,
    variations: whole(variationLimits),
    settings,
    kept: kept.optional(),
    base: editBase.optional(),
    plan: plan.optional(),
    region: z.enum(['changed', 'whole']).optional(),
  }),
  z.strictObject({ kind: z.literal('describe'), source: imageSource }),
  z.strictObject({ kind: z.literal('ask'), source: imageSource, question: prompt, region: region.optional() }),
  z.strictObject({ kind: z.literal('encode'), source: z.strictObject({ imageId }) }),
] as const;

const decode = z.strictObject({
  kind: z.literal('decode'),
  pack: packId,
  codes,
  imageId: imageId.optional(),
  t: timestep,
  keepFrom: z.int().min(0).max(tokenLimits.count),
  hidden: z.array(z.int().min(0).max(tokenLimits.count)).max(tokenLimits.count).optional(),
  steps,
  seed,
  tokenGuidance,
});

export const queuedRequest = z.discriminatedUnion('kind', [...queuedKinds, decode]);

export const jobRequest = z.discriminatedUnion('kind', [
  ...queuedKinds,
  decode,
  z.strictObject({
    kind: z.enum(['timeline', 'captions']),
    source: imageSource,
    seed,
    positions: z.array(timestep).min(1).max(tokenLimits.positions).optional(),
  }),
  z.strictObject({
    kind: z.literal('ablate'),
    source: imageSource,
    seed,
    groups: z.array(tokenRange).min(1).max(tokenLimits.groups).optional(),
  }),
  z.strictObject({
    kind: z.literal('entropy'),
    sources: z.array(imageSource).max(studyLimits.sources),
    prompts: z.array(z.string().max(textLimits.prompt)).max(studyLimits.sources).optional(),
    samples: z
      .strictObject({
        count: z.int().min(1).max(studyLimits.samples),
        seed,
        prompt: z.string().max(textLimits.prompt),
      })
      .optional(),
    strides: z.array(tokenIndex).min(1).max(studyLimits.strides),
  }),
  z.strictObject({
    kind: z.literal('spectrum'),
    source: imageSource,
    counts: z.array(tokenIndex.min(1)).min(1).max(studyLimits.counts).optional(),
    seed,
    steps,
  }),
  z.strictObject({
    kind: z.literal('seeds'),
    source: imageSource,
    count: z.int().min(2).max(studyLimits.seeds),
    seed,
    steps,
  }),
  z.strictObject({
    kind: z.literal('pack-view'),
    directory: z.string().min(1).max(packViewLimits.path),
    prompt: z.string().max(textLimits.prompt),
    seed,
    steps,
    pictures: z.array(z.strictObject({ imageId })).max(packViewLimits.pictures),
  }),
]);
