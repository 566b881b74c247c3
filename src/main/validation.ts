/** What a window may send: one strict schema per method. Everything that arrives passes here before anything else sees it. */
import { z } from 'zod';
import { noteColours, noteLimits } from '../shared/annotations.js';
import type { StudioMethod, StudioMethods } from '../shared/api.js';
import { StudioError } from '../shared/errors.js';
import { metadataLimits } from '../shared/image-metadata.js';
import { studyLimits } from '../shared/studies.js';
import { imageLimits } from '../shared/images.js';
import { gallerySchemas } from './gallery-schemas.js';
import { keepingSchemas } from './keeping-schemas.js';
import { maskLimits } from '../shared/mask.js';
import { menuGroups, menuLimits } from '../shared/menu.js';

export const limits = {
  prompt: 2000,
  name: 200,
  text: 20_000,
  codes: 65_536,
  frames: 10_000,
  operations: 10_000,
  positions: 4096,
  groups: 4096,
  variations: 16,
  steps: 200,
  guidance: 20,
  cacheBytes: 64 * 1024 ** 3,
} as const;

const seed = z.int().min(0).max(0xffffffff);
const code = z.int().min(0).max(0x7fffffff);
const codes = z.array(code).min(1).max(limits.codes);
const steps = z.int().min(1).max(limits.steps);
const guidance = z.number().min(0).max(limits.guidance);
const timestep = z.number().min(0).max(1);
// What a database keeps as it is: no control characters, no half surrogates.
const id = z
  .string()
  .max(100)
  .regex(/^[^\p{C}]+$/u, 'must be printable');
const packId = z.string().min(1).max(limits.name);
const name = z.string().trim().min(1).max(limits.name);
const imageId = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const text = z.string().max(limits.text);
const word = z.string().max(limits.name);
const instant = z.iso.datetime();
const coordinate = z.number().min(-1e7).max(1e7);
const size = z.number().positive().max(1e6);
const pixels = z.int().min(1).max(imageLimits.maxSide);

// Length is checked apart, because a prompt that is empty or too long has a code of its own.
const prompt = z.string();

const settings = z.strictObject({
  steps,
  tokenGuidance: guidance,
  textGuidance: guidance,
  temperature: z.number().min(0).max(10),
  topK: z.int().min(0).max(1_000_000),
});

const kept = z.array(code.nullable()).min(1).max(limits.codes);
const tokenIndex = z.int().min(0).max(limits.codes);
const tokenRange = z
  .strictObject({ from: tokenIndex, to: tokenIndex })
  .refine(({ from, to }) => from <= to, 'from lies behind to');

const frameMask = z.strictObject({
  imageId,
  grow: z.int().min(-maskLimits.grow).max(maskLimits.grow),
  feather: z.int().min(0).max(maskLimits.feather),
});
const editBase = z.strictObject({ imageId, mask: frameMask.optional() });
const region = z.strictObject({
  x: z.int().min(0).max(imageLimits.maxSide),
  y: z.int().min(0).max(imageLimits.maxSide),
  width: pixels,
  height: pixels,
});

const imageSource = z.union([
  z.strictObject({ imageId }),
  z.strictObject({ pack: packId, codes, imageId: imageId.optional() }),
]);

const jobRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('generate'),
    prompt,
    seed,
    variations: z.int().min(1).max(limits.variations),
    settings,
    kept: kept.optional(),
    base: editBase.optional(),
  }),
  z.strictObject({
    kind: z.literal('edit'),
    source: imageSource,
    instruction: prompt,
    seed,
    variations: z.int().min(1).max(limits.variations),
    settings,
    kept: kept.optional(),
    base: editBase.optional(),
  }),
  z.strictObject({ kind: z.literal('describe'), source: imageSource }),
  z.strictObject({ kind: z.literal('ask'), source: imageSource, question: prompt, region: region.optional() }),
  z.strictObject({ kind: z.literal('encode'), source: z.strictObject({ imageId }) }),
  z.strictObject({
    kind: z.literal('decode'),
    pack: packId,
    codes,
    imageId: imageId.optional(),
    t: timestep,
    keepFrom: z.int().min(0).max(limits.codes),
    hidden: z.array(z.int().min(0).max(limits.codes)).max(limits.codes).optional(),
    steps,
    seed,
    tokenGuidance: guidance,
  }),
  z.strictObject({
    kind: z.literal('timeline'),
    source: imageSource,
    seed,
    positions: z.array(timestep).min(1).max(limits.positions).optional(),
  }),
  z.strictObject({
    kind: z.literal('ablate'),
    source: imageSource,
    seed,
    groups: z.array(tokenRange).min(1).max(limits.groups).optional(),
  }),
  z.strictObject({
    kind: z.literal('entropy'),
    sources: z.array(imageSource).max(studyLimits.sources),
    prompts: z.array(z.string().max(limits.prompt)).max(studyLimits.sources).optional(),
    samples: z
      .strictObject({
        count: z.int().min(1).max(studyLimits.samples),
        seed,
        prompt: z.string().max(limits.prompt),
      })
      .optional(),
    strides: z.array(tokenIndex).min(1).max(studyLimits.strides),
  }),
  z.strictObject({
    kind: z.literal('spectrum'),
    source: imageSource,
    counts: z.array(tokenIndex.min(1)).min(1).max(studyLimits.counts).optional(),
    seed,
    steps,
  }),
  z.strictObject({
    kind: z.literal('seeds'),
    source: imageSource,
    count: z.int().min(2).max(studyLimits.seeds),
    seed,
    steps,
  }),
]);

const certainty = z.strictObject({
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
const editCheck = z.strictObject({
  inside: share,
  outside: share.nullable(),
  changedPixels: share,
  spill: share.optional(),
  before: reading.optional(),
  after: reading.optional(),
});

const branch = z.strictObject({ parentId: id, kept: z.array(tokenIndex).max(limits.codes) });

const origin = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('generated'),
    prompt: z.string().max(limits.prompt),
    seed,
    settings,
    pack: packId,
    branch: branch.optional(),
    mask: frameMask.optional(),
    check: editCheck.optional(),
  }),
  z.strictObject({
    kind: z.literal('edited'),
    instruction: z.string().max(limits.prompt),
    seed,
    settings,
    pack: packId,
    parentId: id,
    branch: branch.optional(),
    mask: frameMask.optional(),
    check: editCheck.optional(),
  }),
  z.strictObject({
    kind: z.literal('decoded'),
    parentId: id,
    t: timestep,
    keepFrom: z.int().min(0).max(limits.codes),
    seed,
    steps,
    pack: packId,
    transplant: z.strictObject({ donorId: id, from: tokenIndex, to: tokenIndex }).optional(),
  }),
  z.strictObject({ kind: z.literal('imported'), fileName: z.string().max(limits.name * 2) }),
]);

const earlierStep = z.strictObject({
  id,
  name: z.string().max(limits.prompt),
  origin,
  tokens: z.strictObject({ pack: packId, codes }).nullable(),
  createdAt: instant,
});

const frame = z.strictObject({
  id,
  name: z.string().max(limits.prompt),
  x: coordinate,
  y: coordinate,
  width: size,
  height: size,
  imageId,
  pixelWidth: pixels,
  pixelHeight: pixels,
  origin,
  tokens: z
    .strictObject({ pack: packId, codes, certainty: z.array(certainty).max(limits.codes).optional() })
    .nullable(),
  mask: frameMask.optional(),
  description: text.nullable(),
  answers: z.array(z.strictObject({ question: text, answer: text, region: region.optional() })).max(1000),
  createdAt: instant,
  locked: z.boolean().optional(),
  collapsedAt: instant.optional(),
  earlier: z.array(earlierStep).max(metadataLimits.steps).optional(),
});

const annotation = z.discriminatedUnion('kind', [
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

const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('put-frame'), frame, index: z.int().min(0).max(limits.frames).optional() }),
  z.strictObject({ type: z.literal('remove-frame'), frameId: id }),
  z.strictObject({ type: z.literal('order-frames'), frameIds: z.array(id).max(limits.frames) }),
  z.strictObject({ type: z.literal('rename'), name }),
  z.strictObject({
    type: z.literal('put-annotation'),
    annotation,
    index: z.int().min(0).max(limits.frames).optional(),
  }),
  z.strictObject({ type: z.literal('remove-annotation'), annotationId: id }),
]);

const menuText = z.string().min(1).max(menuLimits.text);
const menuEntry = z.strictObject({
  id: menuText,
  label: menuText,
  group: z.enum(menuGroups),
  shortcut: menuText.nullable(),
  enabled: z.boolean(),
});

const nothing = z.strictObject({});

const schemas: Record<StudioMethod, z.ZodType> = {
  ...gallerySchemas,
  ...keepingSchemas,
  status: nothing,
  listPacks: nothing,
  usePack: z.strictObject({ id: packId }),
  listProjects: nothing,
  openProject: z.strictObject({ id: id.optional() }),
  createProject: z.strictObject({ name }),
  commit: z.strictObject({
    transaction: z.strictObject({
      label: z.string().min(1).max(limits.name),
      operations: z.array(operation).min(1).max(limits.operations),
    }),
  }),
  undo: nothing,
  redo: nothing,
  importImage: z.strictObject({
    bytes: z.instanceof(Uint8Array, { error: 'must be bytes' }),
    fileName: z.string().max(limits.name * 2),
  }),
  submit: z.strictObject({ request: jobRequest }),
  cancel: z.strictObject({ jobId: id }),
  showMenu: z.strictObject({ entries: z.array(menuEntry).max(menuLimits.entries) }),
  setTimelineCache: z.strictObject({
    limit: z.int().min(0).max(limits.cacheBytes).optional(),
    clear: z.boolean().optional(),
  }),
};

/** The method's name if it is one. Throws `bad-request`. */
export function parseMethod(method: unknown): StudioMethod {
  if (typeof method === 'string' && Object.hasOwn(schemas, method)) return method as StudioMethod;
  throw new StudioError(
    'bad-request',
    `There is no method ${shown(method)}.`,
    'Reload the window; it may be outdated.',
  );
}

/** The parameters, known to fit the contract. Throws `bad-request` naming the field, `prompt-empty` or `prompt-too-long`. */
export function parseParameters<Method extends StudioMethod>(method: Method, value: unknown): StudioMethods[Method][0] {
  const parsed = schemas[method].safeParse(value);
  if (!parsed.success) throw badRequest(method, parsed.error);
  // The schemas state exactly the parameter types; the contract tests hold both together.
  const parameters = parsed.data as StudioMethods[Method][0];
  if (method === 'submit') checkPrompt((parameters as StudioMethods['submit'][0]).request);
  return parameters;
}

function checkPrompt(request: StudioMethods['submit'][0]['request']): void {
  const [what, words] =
    request.kind === 'generate'
      ? ['prompt', request.prompt]
      : request.kind === 'edit'
        ? ['instruction', request.instruction]
        : request.kind === 'ask'
          ? ['question', request.question]
          : ['', null];
  if (words === null) return;
  // Kept tokens say enough for a picture to be finished without words.
  const mayBeEmpty = request.kind === 'generate' && request.kept !== undefined;
  if (words.trim() === '' && !mayBeEmpty) {
    throw new StudioError('prompt-empty', `The ${what} is empty.`, `Write a ${what}, or pick one of the examples.`);
  }
  if (words.length > limits.prompt) {
    const excess = `The ${what} has ${words.length} characters; the most is ${limits.prompt}.`;
    throw new StudioError('prompt-too-long', excess, 'Shorten it and try again.');
  }
}

function badRequest(method: StudioMethod, error: z.ZodError): StudioError {
  const issue = deepestIssue(error.issues[0]!);
  const field = issue.path.length === 0 ? 'its parameters' : issue.path.map(String).join('.');
  return new StudioError(
    'bad-request',
    `The message ${method} was refused: ${field}: ${issue.message}.`,
    'Reload the window and try again; if it happens again, please report it.',
  );
}

/** A union reports only that nothing fitted; the branch that came furthest tells what is wrong. */
function deepestIssue(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const nested = issue.errors.flatMap((branch) => branch.slice(0, 1)).map(deepestIssue);
  if (nested.length === 0) return issue;
  const deepest = nested.reduce((best, other) => (other.path.length > best.path.length ? other : best));
  return { path: [...issue.path, ...deepest.path], message: deepest.message };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 60)}”` : 'of that name';
}
