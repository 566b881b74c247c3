/** What a window may do to the queue; part of `validation.ts`. */
import { z } from 'zod';
import { variationLimits } from '../../shared/limits.js';
import { queueLimits, type QueueMethods } from '../../shared/jobs/queue.js';
import { id, madeSeed } from '../storage/schemas/fields.js';
import { queuePurpose } from '../storage/schemas/queue.js';
import { queuedRequest } from '../storage/schemas/requests.js';
import type { MethodFields } from './method-fields.js';

export const queueFields: MethodFields<QueueMethods> = {
  enqueue: { request: queuedRequest, purpose: queuePurpose },
  cancelQueued: { jobIds: z.array(id).max(queueLimits.entries) },
  moveQueued: { jobId: id, before: id.nullable() },
  retryQueued: { jobId: id },
  discardQueued: { jobId: id, seeds: z.array(madeSeed).max(variationLimits.largest).optional() },
  pauseQueue: { paused: z.boolean() },
};
