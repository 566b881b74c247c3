/** What a window may do to the queue; part of `validation.ts`. */
import { z } from 'zod';
import { gridLimits, gridParameters } from '../../shared/grids/grid-axis.js';
import { textLimits, variationLimits } from '../../shared/limits.js';
import { queueLimits, type QueueMethods } from '../../shared/queue.js';
import { plannedOrigin } from './document.js';
import { coordinate, id, madeSeed, seed, settings, size } from './fields.js';
import { editBase, imageSource, queuedRequest } from './jobs.js';
import type { MethodFields } from './method-fields.js';

const words = z.string().max(textLimits.prompt);
const title = words;
const place = z.strictObject({ x: coordinate, y: coordinate, width: size, height: size });

const values = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(gridLimits.values);
const axis = z.union([
  z.strictObject({ parameter: z.literal('prompt'), values: values(words) }),
  z.strictObject({ parameter: z.enum(gridParameters).exclude(['prompt']), values: values(z.number()) }),
]);
const gridSetup = z.strictObject({
  base: z.strictObject({
    prompt: words,
    seed,
    settings,
    parentId: id.optional(),
    region: z.enum(['changed', 'whole']).optional(),
  }),
  columns: axis,
  rows: axis.nullable(),
  edited: z.strictObject({ source: imageSource, base: editBase }).nullable(),
});

const purpose = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frames'),
    title,
    places: z.array(place).max(variationLimits.largest),
    template: z.string().max(textLimits.text).optional(),
  }),
  z.strictObject({ kind: z.literal('candidates'), title, frameId: id, origin: plannedOrigin }),
  z.strictObject({ kind: z.literal('reading'), title, frameId: id }),
  z.strictObject({
    kind: z.literal('grid'),
    title,
    gridId: id,
    cell: z.int().min(0).max(gridLimits.cells),
    setup: gridSetup.optional(),
  }),
]);

export const queueFields: MethodFields<QueueMethods> = {
  enqueue: { request: queuedRequest, purpose },
  cancelQueued: { jobIds: z.array(id).max(queueLimits.entries) },
  moveQueued: { jobId: id, before: id.nullable() },
  retryQueued: { jobId: id },
  discardQueued: { jobId: id, seeds: z.array(madeSeed).max(variationLimits.largest).optional() },
  pauseQueue: { paused: z.boolean() },
};
