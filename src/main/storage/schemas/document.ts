/** What a window may put into a document. */
import { z } from 'zod';
import { documentLimits, textLimits, tokenLimits } from '../../../shared/limits.js';
import { noteColours, noteLimits } from '../../../shared/document/annotations.js';
import { metadataLimits } from '../../../shared/document/image-metadata.js';
import {
  code,
  codes,
  coordinate,
  frameMask,
  id,
  imageId,
  instant,
  name,
  packId,
  pixels,
  region,
  madeSeed,
  settings,
  size,
  steps,
  text,
  timestep,
  tokenIndex,
  word,
} from './fields.js';

export const certainty = z.strictObject({
  entropy: z.number().min(0),
  alternatives: z.array(z.strictObject({ code, probability: z.number().min(0).max(1) })).max(64),
});

const share = z.number().min(0).max(1);
const readObject = z.strictObject({
  ...{ kind: word, colour: word, texture: word, size: word, cell: word },
  ...{ x: share, y: share, confidence: share },
});
const reading = z.strictObject({
  background: z.strictObject({ kind: word, colours: z.array(word).max(16), confidence: share }),
  objects: z.array(readObject).max(256),
});
export const editCheck = z.strictObject({
  inside: share,
  outside: share.nullable(),
  changedPixels: share,
  spill: share.optional(),
  region: share.optional(),
  before: reading.optional(),
  after: reading.optional(),
});

const branch = z.strictObject({ parentId: id, kept: z.array(tokenIndex).max(tokenLimits.count) });

const generatedOrigin = z.strictObject({
  kind: z.literal('generated'),
  prompt: z.string().max(textLimits.prompt),
  template: z.string().max(textLimits.text).optional(),
  seed: madeSeed,
  settings,
  pack: packId,
  plan: z.string().max(textLimits.prompt).optional(),
  branch: branch.optional(),
  mask: frameMask.optional(),
  check: editCheck.optional(),
});
const editedOrigin = z.strictObject({
  kind: z.literal('edited'),
  instruction: z.string().max(textLimits.prompt),
  seed: madeSeed,
  settings,
  pack: packId,
  parentId: id,
  plan: z.string().max(textLimits.prompt).optional(),
  branch: branch.optional(),
  mask: frameMask.optional(),
  region: z.literal('changed').optional(),
  check: editCheck.optional(),
});

const known = { seed: true, pack: true, plan: true, check: true } as const;
/** An origin before there is a picture. */
export const plannedOrigin = z.discriminatedUnion('kind', [
  generatedOrigin.omit(known),
  editedOrigin.omit({ ...known, region: true }),
]);

const origin = z.discriminatedUnion('kind', [
  generatedOrigin,
  editedOrigin,
  z.strictObject({
    kind: z.literal('decoded'),
    parentId: id,
    t: timestep,
    keepFrom: z.int().min(0).max(tokenLimits.count),
    seed: madeSeed,
    steps,
    pack: packId,
    transplant: z.strictObject({ donorId: id, from: tokenIndex, to: tokenIndex }).optional(),
  }),
  z.strictObject({ kind: z.literal('imported'), fileName: z.string().max(textLimits.fileName) }),
]);

const earlierStep = z.strictObject({
  id,
  name: z.string().max(textLimits.prompt),
  origin,
  tokens: z.strictObject({ pack: packId, codes }).nullable(),
  createdAt: instant,
});

export const frameRun = z.strictObject({ id, name: z.string().max(textLimits.prompt) });

export const frame = z.strictObject({
  id,
  name: z.string().max(textLimits.prompt),
  x: coordinate,
  y: coordinate,
  width: size,
  height: size,
  imageId,
  pixelWidth: pixels,
  pixelHeight: pixels,
  origin,
  tokens: z
    .strictObject({ pack: packId, codes, certainty: z.array(certainty).max(tokenLimits.count).optional() })
    .nullable(),
  mask: frameMask.optional(),
  description: text.nullable(),
  answers: z
    .array(z.strictObject({ question: text, answer: text, region: region.optional() }))
    .max(documentLimits.answers),
  createdAt: instant,
  locked: z.boolean().optional(),
  collapsedAt: instant.optional(),
  earlier: z.array(earlierStep).max(metadataLimits.steps).optional(),
  run: frameRun.optional(),
});

export const annotation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('note'),
    id,
    x: coordinate,
    y: coordinate,
    width: size,
    height: size,
    text: z.string().max(noteLimits.text),
    fontSize: z.number().min(noteLimits.fontSize.smallest).max(noteLimits.fontSize.largest),
    colour: z.enum(noteColours),
    locked: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('arrow'),
    id,
    from: z.strictObject({ x: coordinate, y: coordinate }),
    to: z.strictObject({ x: coordinate, y: coordinate }),
    colour: z.enum(noteColours),
    locked: z.boolean().optional(),
  }),
]);

/** `most` frames, or notes, may stand on the board it is for. */
export function operationWithin(most: number) {
  const index = z.int().min(0).max(most).optional();
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('put-frame'), frame, index }),
    z.strictObject({ type: z.literal('remove-frame'), frameId: id }),
    z.strictObject({ type: z.literal('order-frames'), frameIds: z.array(id).max(most) }),
    z.strictObject({ type: z.literal('rename'), name }),
    z.strictObject({ type: z.literal('put-annotation'), annotation, index }),
    z.strictObject({ type: z.literal('remove-annotation'), annotationId: id }),
  ]);
}

export const operation = operationWithin(documentLimits.frames);
