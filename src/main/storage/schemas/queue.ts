/** What a window may put into a project's queue, and what a project file may say of it. */
import { z } from 'zod';
import { studioErrorCodes } from '../../../shared/errors.js';
import { textLimits, tokenLimits, variationLimits } from '../../../shared/limits.js';
import { certainty, editCheck, plannedOrigin } from './document.js';
import {
  code,
  codes,
  coordinate,
  frameMask,
  id,
  imageId,
  instant,
  madeSeed,
  packId,
  pixels,
  region,
  seed,
  settings,
  size,
  whole,
} from './fields.js';

// Length is checked apart, because a prompt that is empty or too long has a code of its own.
const prompt = z.string();

const kept = z.array(code.nullable()).min(1).max(tokenLimits.count);
// As with prompts, the engine tells what is wrong with its length.
const plan = z.union([z.literal('none'), z.strictObject({ text: z.string() })]);

const editBase = z.strictObject({ imageId, mask: frameMask.optional() });
export const imageSource = z.union([
  z.strictObject({ imageId }),
  z.strictObject({ pack: packId, codes, imageId: imageId.optional() }),
]);

/** What a queue keeps: it outlives its window. */
export const queuedKinds = [
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

export const queuedRequest = z.discriminatedUnion('kind', queuedKinds);

const title = z.string().max(textLimits.prompt);
const place = z.strictObject({ x: coordinate, y: coordinate, width: size, height: size });

export const queuePurpose = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frames'),
    title,
    places: z.array(place).max(variationLimits.largest),
    template: z.string().max(textLimits.text).optional(),
  }),
  z.strictObject({ kind: z.literal('candidates'), title, frameId: id, origin: plannedOrigin }),
  z.strictObject({ kind: z.literal('reading'), title, frameId: id }),
]);

const image = z.object({
  imageId,
  width: pixels,
  height: pixels,
  seed: madeSeed,
  codes,
  certainty: z.array(certainty).max(tokenLimits.count),
  plan: z.string().optional(),
  check: editCheck.optional(),
});
const result = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['generate', 'edit']), pack: packId, images: z.array(image).max(variationLimits.largest) }),
  z.object({ kind: z.enum(['describe', 'ask']), text: z.string() }),
  z.object({ kind: z.literal('encode'), pack: packId, codes }),
]);
const error = z.object({
  code: z.enum(studioErrorCodes),
  message: z.string(),
  remedy: z.string(),
  detail: z.string().optional(),
});
const queued = { id, request: queuedRequest, purpose: queuePurpose, addedAt: instant };

/** As a project file keeps it. */
export const queueEntry = z.discriminatedUnion('state', [
  z.object({ ...queued, state: z.enum(['waiting', 'running']) }),
  z.object({ ...queued, state: z.literal('failed'), error }),
  z.object({ ...queued, state: z.literal('done'), result }),
]);
