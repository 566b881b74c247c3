import { describe, expect, expectTypeOf, it } from 'vitest';
import type { EngineRequest } from '../engine/protocol.js';
import type { JobRequest } from '../../shared/jobs/jobs.js';
import { choice, fields, flag, given, list, nullable, number, optional, text, whole } from '../../shared/shape.js';
import type { FieldsOf } from '../../shared/shape.js';
import { jobRequest } from '../storage/schemas/requests.js';
import { schemaOf, schemasOf } from '../storage/schemas/shapes.js';
import { z } from 'zod';

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const imageId = 'a'.repeat(64);
const source = { imageId };

/** One request of each kind with every field it may have. */
const full: JobRequest[] = [
  {
    ...{ kind: 'generate', prompt: '', seed: 1, variations: 1, settings, kept: [1, null] },
    ...{ base: { imageId, mask: { imageId, grow: -1, feather: 2 } }, plan: 'none' },
  },
  {
    ...{ kind: 'edit', source, instruction: 'b', seed: 1, variations: 16, settings, kept: [null] },
    ...{ base: { imageId }, plan: { text: 'c' }, region: 'whole' },
  },
  { kind: 'describe', source: { pack: 'p@1', codes: [1], imageId } },
  { kind: 'ask', source, question: 'd', region: { x: 0, y: 0, width: 1, height: 1 } },
  { kind: 'encode', source },
  {
    ...{ kind: 'decode', pack: 'p@1', codes: [1], imageId, t: 0.5, keepFrom: 0, hidden: [] },
    ...{ steps: 1, seed: 0, tokenGuidance: 30 },
  },
  { kind: 'timeline', source, seed: 1, positions: [0, 1] },
  { kind: 'captions', source, seed: 1, positions: [1] },
  { kind: 'ablate', source, seed: 1, groups: [{ from: 1, to: 1 }], pictures: true },
  { kind: 'film', source, seed: 1, counts: [0, 1] },
  { kind: 'entropy', sources: [source], prompts: ['e'], samples: { count: 1, seed: 1, prompt: '' }, strides: [0, 2] },
  { kind: 'spectrum', source, counts: [1], seed: 1, steps: 1 },
  { kind: 'seeds', source, count: 2, seed: 1, steps: 1 },
  { kind: 'pack-comparison', directory: '/p', prompt: '', seed: 1, steps: 1, pictures: [{ imageId }] },
];

describe('requests', () => {
  it.each(full.map((request) => [request.kind, request] as const))(
    '%s passes with every field it has',
    (_, request) => {
      expect(jobRequest.parse(request)).toEqual(request);
    },
  );

  it.each(full.map((request) => [request.kind, request] as const))(
    '%s is refused with one more field',
    (_, request) => {
      expect(jobRequest.safeParse({ ...request, more: 1 }).success).toBe(false);
    },
  );

  it.each<[string, object]>([
    ['no variation', { ...full[0], variations: 0 }],
    ['too many variations', { ...full[0], variations: 17 }],
    ['a broken seed', { ...full[0], seed: 1.5 }],
    ['NaN', { ...full[0], settings: { ...settings, temperature: Number.NaN } }],
    ['infinite guidance', { ...full[0], settings: { ...settings, textGuidance: Infinity } }],
    ['a t beyond 1', { ...full[6], positions: [0, 1.1] }],
    ['no source', { kind: 'describe' }],
    ['another kind', { kind: 'paint' }],
    ['what only the engine is told', { ...full[6], readAlone: true }],
    ['an empty list', { ...full[6], positions: [] }],
    ['a range that runs backwards', { ...full[8], groups: [{ from: 2, to: 1 }] }],
  ])('%s is refused', (_, request) => {
    expect(jobRequest.safeParse(request).success).toBe(false);
  });

  it('differ between window and engine only in what they name pictures by', () => {
    expectTypeOf<Extract<JobRequest, { kind: 'spectrum' }>['counts']>().toEqualTypeOf<
      Extract<EngineRequest, { kind: 'spectrum' }>['counts']
    >();
    expectTypeOf<Exclude<JobRequest['kind'], EngineRequest['kind']>>().toEqualTypeOf<'pack-comparison'>();
    expectTypeOf<Exclude<EngineRequest['kind'], JobRequest['kind']>>().toEqualTypeOf<never>();
  });
});

describe('a description', () => {
  const described = {
    count: whole({ smallest: 1, largest: 3 }),
    share: number({ smallest: 0, largest: 1 }),
    word: text(3),
    on: flag,
    size: choice('small', 'large'),
    codes: list(nullable(whole({ smallest: 0, largest: 9 })), 2),
    inner: optional(fields({ name: given('name') })),
  } as const;
  const schema = z.strictObject(schemasOf(described, { name: z.literal('x') }));
  const value = { count: 3, share: 0.5, word: 'abc', on: false, size: 'large', codes: [null, 9] };

  it('is a type and a check of the same', () => {
    expectTypeOf<FieldsOf<typeof described, { name: 'x' }>['size']>().toEqualTypeOf<'small' | 'large'>();
    expectTypeOf<FieldsOf<typeof described, { name: 'x' }>['codes']>().toEqualTypeOf<(number | null)[]>();
    expectTypeOf<NonNullable<FieldsOf<typeof described, { name: 'x' }>['inner']>['name']>().toEqualTypeOf<'x'>();
    expect(schema.parse(value)).toEqual(value);
    expect(schema.parse({ ...value, inner: { name: 'x' } })).toEqual({ ...value, inner: { name: 'x' } });
  });

  it.each(
    Object.entries({
      count: 4,
      share: 1.1,
      word: 'abcd',
      on: 1,
      size: 'middle',
      codes: [1, 2, 3],
      inner: { name: 'y' },
    }),
  )('refuses a wrong %s', (name, wrong) => {
    expect(schema.safeParse({ ...value, [name]: wrong }).success).toBe(false);
  });

  it('a name that stands for nothing is a mistake of the description', () => {
    expect(() => schemaOf(given('nothing'), {})).toThrow(/nothing/);
  });
});
