/** What a window may ask the engine to do. */
import { z } from 'zod';
import { textLimits, tokenLimits, variationLimits } from '../../shared/limits.js';
import { packViewLimits } from '../../shared/pack-comparison.js';
import { studyLimits } from '../../shared/analyses.js';
import { imageSource, queuedKinds } from '../storage/schemas/queue.js';
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
} from '../storage/schemas/fields.js';

const tokenRange = z
  .strictObject({ from: tokenIndex, to: tokenIndex })
  .refine(({ from, to }) => from <= to, 'from lies behind to');

export const jobRequest = z.discriminatedUnion('kind', [
  ...queuedKinds,
  z.strictObject({
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
  }),
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
