/** What a window may ask the engine to do: the checks that follow from `shared/jobs/jobs.ts`. */
import { z } from 'zod';
import { jobTable, windowTable, type JobKind, type WindowValues } from '../../../shared/jobs/jobs.js';
import { packComparisonLimits } from '../../../shared/packs/pack-comparison.js';
import { queuedKinds } from '../../../shared/jobs/queue.js';
import type { Fields } from '../../../shared/shape.js';
import { codes, frameMask, imageId, packId, region, settings, tokenIndex } from './fields.js';
import { schemasOf } from './shapes.js';

export const imageSource = z.union([
  z.strictObject({ imageId }),
  z.strictObject({ pack: packId, codes, imageId: imageId.exactOptional() }),
]);
export const editBase = z.strictObject({ imageId, mask: frameMask.exactOptional() });

const given: Record<keyof WindowValues, z.ZodType> = {
  source: imageSource,
  base: editBase,
  settings,
  // As with prompts, the engine tells what is wrong with its length.
  plan: z.union([z.literal('none'), z.strictObject({ text: z.string() })]),
  tokenRange: z
    .strictObject({ from: tokenIndex, to: tokenIndex })
    .refine(({ from, to }) => from <= to, 'from lies behind to'),
  region,
  imageId,
  pack: packId,
  path: z.string().min(1).max(packComparisonLimits.path),
};

function requestOf(kind: JobKind) {
  const common: Fields = (jobTable as Record<string, Fields>)[kind] ?? {};
  const own: Fields = (windowTable as Record<string, Fields>)[kind] ?? {};
  return z.strictObject({ kind: z.literal(kind), ...schemasOf({ ...common, ...own }, given) });
}

function anyOf(kinds: readonly JobKind[]) {
  const [first, ...others] = kinds.map(requestOf);
  return z.discriminatedUnion('kind', [first!, ...others]);
}

export const jobRequest = anyOf([...new Set([...Object.keys(jobTable), ...Object.keys(windowTable)])] as JobKind[]);

/** What a queue keeps: it outlives its window. */
export const queuedRequest = anyOf(queuedKinds);
