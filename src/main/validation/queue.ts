/** What a window may do to the queue; part of `validation.ts`. */
import { z } from 'zod';
import { variationLimits } from '../../shared/limits.js';
import { queueLimits, type QueueMethods } from '../../shared/queue.js';
import { id, madeSeed } from '../storage/schemas/fields.js';
import { queuedRequest, queuePurpose } from '../storage/schemas/queue.js';

export const queueSchemas: Record<keyof QueueMethods, z.ZodType> = {
  enqueue: z.strictObject({ request: queuedRequest, purpose: queuePurpose }),
  cancelQueued: z.strictObject({ jobIds: z.array(id).max(queueLimits.entries) }),
  moveQueued: z.strictObject({ jobId: id, before: id.nullable() }),
  retryQueued: z.strictObject({ jobId: id }),
  discardQueued: z.strictObject({ jobId: id, seeds: z.array(madeSeed).max(variationLimits.largest).optional() }),
  pauseQueue: z.strictObject({ paused: z.boolean() }),
};
