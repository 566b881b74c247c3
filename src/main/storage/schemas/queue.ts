/** What a window may put into a project's queue, and what a project file may say of it. */
import { z } from 'zod';
import { studioErrorCodes } from '../../../shared/errors.js';
import { gridLimits, gridParameters } from '../../../shared/grids/grid-axis.js';
import { textLimits, tokenLimits, variationLimits } from '../../../shared/limits.js';
import { presentName } from '../../../shared/jobs/settings.js';
import { certainty, editCheck, frameRun, plannedOrigin } from './document.js';
import { codes, coordinate, id, imageId, instant, madeSeed, packId, pixels, seed, settings, size } from './fields.js';
import { editBase, imageSource, queuedRequest } from './requests.js';

const words = z.string().max(textLimits.prompt);
const title = words;
const place = z.strictObject({ x: coordinate, y: coordinate, width: size, height: size });

const values = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(gridLimits.values);
const axis = z.union([
  z.strictObject({ parameter: z.literal('prompt'), values: values(words) }),
  z.strictObject({
    parameter: z.preprocess(presentName, z.enum(gridParameters).exclude(['prompt'])),
    values: values(z.number()),
  }),
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

export const queuePurpose = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frames'),
    title,
    places: z.array(place).max(variationLimits.largest),
    template: z.string().max(textLimits.text).optional(),
    run: frameRun.optional(),
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

const stored = { imageId, width: pixels, height: pixels };
const image = z.object({
  ...stored,
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
  z.object({ kind: z.literal('decode'), image: z.object(stored) }),
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
