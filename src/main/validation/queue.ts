/** What a window may do to the queue; part of `validation.ts`. */
import { z } from 'zod';
import { textLimits, variationLimits } from '../../shared/limits.js';
import { queueLimits, type QueueMethods } from '../../shared/queue.js';
import { plannedOrigin } from './document.js';
import { coordinate, id, madeSeed, size } from './fields.js';
import { queuedRequest } from './jobs.js';
import type { MethodFields } from './method-fields.js';

const title = z.string().max(textLimits.prompt);
const place = z.strictObject({ x: coordinate, y: coordinate, width: size, height: size });

const purpose = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frames'),
    title,
    places: z.array(place).max(variationLimits.largest),
    template: z.string().max(textLimits.text).optional(),
  }),
  z.strictObject({ kind: z.literal('candidates'), title, frameId: id, origin: plannedOrigin }),
  z.strictObject({ kind: z.literal('reading'), title, frameId: id }),
]);

export const queueFields: MethodFields<QueueMethods> = {
  enqueue: { request: queuedRequest, purpose },
  cancelQueued: { jobIds: z.array(id).max(queueLimits.entries) },
  moveQueued: { jobId: id, before: id.nullable() },
  retryQueued: { jobId: id },
  discardQueued: { jobId: id, seeds: z.array(madeSeed).max(variationLimits.largest).optional() },
  pauseQueue: { paused: z.boolean() },
};
