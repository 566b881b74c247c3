/**
 * The studio's own metadata: one JSON object in the text chunk `ddt-studio`. Its schema has a version of its own, apart
 * from the document's: unknown fields are passed over, so that files of newer studios of the same version stay readable.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FrameOrigin } from '../../../shared/document/document.js';
import { metadataLimits, type PictureRecord } from '../../../shared/document/image-metadata.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { parseJson } from '../../../shared/json.js';
import { documentLimits, textLimits, tokenLimits } from '../../../shared/limits.js';
import {
  codes,
  id,
  instant,
  knownSettings,
  madeSeed,
  packId,
  steps,
  text,
  timestep,
  tokenIndex,
  whole,
} from '../schemas/fields.js';

export const ownKeyword = 'ddt-studio';
const format = 'ddt-studio/image';
const newestVersion = 1;
/** 256 steps of 512 tokens fit in it. */
const mostCharacters = 2 * 1024 * 1024;
const deepest = 32;

/** What a file says, and the fingerprint of the pixels it says it about. */
export interface OwnMetadata extends PictureRecord {
  program: string;
  pixels: string;
  /** Absent: the file has the size in which the picture was drawn. */
  enlarged?: { factor: number; filter: string };
}

const words = z.string().max(textLimits.prompt);
const branch = z.object({ parentId: id, kept: z.array(tokenIndex).max(tokenLimits.count) });
const transplant = z.object({ donorId: id, from: tokenIndex, to: tokenIndex });

/** `exactOptionalPropertyTypes`: what is absent stays absent instead of becoming undefined. */
function present<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value;
}

const origin = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('generated'),
      prompt: words,
      template: text.optional(),
      seed: madeSeed,
      settings: knownSettings,
      pack: packId,
      plan: words.optional(),
      branch: branch.optional(),
    }),
    z.object({
      kind: z.literal('edited'),
      instruction: words,
      seed: madeSeed,
      settings: knownSettings,
      pack: packId,
      parentId: id,
      plan: words.optional(),
      branch: branch.optional(),
      region: z.literal('changed').optional(),
    }),
    z.object({
      kind: z.literal('decoded'),
      parentId: id,
      t: timestep,
      keepFrom: tokenIndex,
      seed: madeSeed,
      steps,
      pack: packId,
      transplant: transplant.optional(),
    }),
    z.object({ kind: z.literal('imported'), fileName: z.string().max(textLimits.fileName) }),
  ])
  .transform((value) => present(value) as FrameOrigin);

const step = z.object({
  id,
  name: words,
  origin,
  tokens: z.object({ pack: packId, codes }).nullable(),
  createdAt: instant,
});

const schema = z.object({
  format: z.literal(format),
  version: z.literal(newestVersion),
  program: z.string().max(textLimits.name),
  pixels: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  enlarged: z
    .object({ factor: whole({ smallest: 2, largest: 64 }), filter: z.string().max(textLimits.name) })
    .optional(),
  picture: step.extend({
    description: text.nullable(),
    answers: z.array(z.object({ question: text, answer: text })).max(documentLimits.answers),
  }),
  earlier: z.array(step).max(metadataLimits.steps),
});

const head = z.object({ format: z.literal(format), version: z.int() });

/** SHA-256 over width, height and RGBA: independent of how an encoder packed them, 64 hexadecimal digits. */
export function pixelsOf({ width, height, data }: RasterImage): string {
  return createHash('sha256').update(`${width}x${height}:`).update(data).digest('hex');
}

/** JSON of at most 2 Mi characters: when that is not enough, the oldest steps lose their tokens, then are left out. */
export function writeOwn({ program, pixels, enlarged, picture, earlier }: OwnMetadata): string {
  let kept = earlier.slice(0, metadataLimits.steps);
  const asText = (): string =>
    JSON.stringify({ format, version: newestVersion, program, pixels, enlarged, picture, earlier: kept });
  if (asText().length > mostCharacters) kept = kept.map((one) => ({ ...one, tokens: null }));
  while (kept.length > 0 && asText().length > mostCharacters) kept = kept.slice(0, Math.floor(kept.length / 2));
  return asText();
}

/** Throws an Error whose message ends the sentence "it cannot be read: …". */
export function readOwn(json: string): OwnMetadata {
  const value = parseJson(json, { characters: mostCharacters, depth: deepest });
  const known = head.safeParse(value);
  if (known.success && known.data.version > newestVersion) throw new Error('a newer DDT Studio wrote it');
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    const { program, pixels, enlarged, picture, earlier } = parsed.data;
    return { program, pixels, picture, earlier, ...(enlarged === undefined ? {} : { enlarged }) };
  }
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.map(String).join('.');
  throw new Error(`${place}: ${issue?.message ?? 'it does not fit'}`);
}
