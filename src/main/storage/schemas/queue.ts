/** What a window may put into a project's queue, and what a project file may say of it. */
import { z } from 'zod';
import { studioErrorCodes } from '../../../shared/errors.js';
import { textLimits, tokenLimits, variationLimits } from '../../../shared/limits.js';
import { certainty, editCheck, plannedOrigin } from './document.js';
import { codes, coordinate, id, imageId, instant, madeSeed, packId, pixels, size } from './fields.js';
import { queuedRequest } from './requests.js';

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
