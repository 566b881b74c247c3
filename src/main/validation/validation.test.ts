import fc from 'fast-check';
import { expect, test } from 'vitest';
import { studioMethods } from '../../shared/contract/api.js';
import { StudioError } from '../../shared/errors.js';
import { parseMethod, parseParameters } from './validation.js';

test('whatever arrives is taken or refused with a StudioError, and never changes anything shared', () => {
  fc.assert(
    fc.property(fc.constantFrom(...studioMethods), fc.anything({ withNullPrototype: true }), (method, value) => {
      try {
        parseParameters(method, value);
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError);
        expect((error as StudioError).message).toContain(method);
      }
    }),
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

/** Structures that end whoever walks them by recursion, or that never end; structured clone carries each of them. */
const endless: Record<string, () => unknown> = {
  'lists in lists': () => deep((inner) => [inner]),
  'objects in objects': () => deep((inner) => ({ a: inner })),
  'a list that holds itself': () => {
    const round: unknown[] = [];
    round.push(round);
    return round;
  },
  'the same list twice, and that twice again': () => deep((inner) => [inner, inner], 25),
  'a list of four billion holes': () => new Array(4_000_000_000),
};

function deep(around: (inner: unknown) => unknown, depth = 100_000): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = around(value);
  return value;
}

test.each(Object.entries(endless))('%s are refused by every method, wherever they stand', (_name, make) => {
  const value = make();
  for (const method of studioMethods) {
    const places = [
      value,
      { value },
      { transaction: value },
      { changes: { theme: value } },
      { request: { kept: value } },
    ];
    for (const parameters of places) {
      expect(() => parseParameters(method, parameters)).toThrow(
        expect.objectContaining({ name: 'StudioError', code: 'bad-request' }),
      );
    }
  }
});

test('a preference is whatever JSON can say, within bounds and without keys of JavaScript', () => {
  const changes = { changes: { theme: { a: [1, { b: null }] } } };
  expect(parseParameters('setPreferences', changes)).toEqual(changes);
  const polluted = JSON.parse('{"changes": {"theme": {"a": {"__proto__": 1}}}}') as unknown;
  expect(() => parseParameters('setPreferences', polluted)).toThrow(/the key “__proto__”/);
});

test('every method of the contract has its schema, and no other name passes', () => {
  for (const method of studioMethods) expect(parseMethod(method)).toBe(method);
  for (const name of ['', 'toString', '__proto__', 'Status', 7, null, undefined]) {
    expect(() => parseMethod(name)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  }
});

test('keys nobody asked for are refused, at every depth', () => {
  const rename = { type: 'rename', name: 'x', also: 1 };
  const nested = { transaction: { label: 'x', operations: [rename] } };
  expect(() => parseParameters('commit', nested)).toThrow(/also/);
  expect(() => parseParameters('openProject', JSON.parse('{"__proto__": {"polluted": 1}, "id": "a"}'))).toThrow();
});

test('the message of a union names the branch that came furthest', () => {
  const request = { kind: 'describe', source: { pack: 'a', codes: [1, -1] } };
  expect(() => parseParameters('submit', { request })).toThrow(/request\.source\.codes\.1/);
});

test('words may be missing only where kept tokens speak instead', () => {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const request = { kind: 'generate', prompt: '', seed: 1, variations: 1, settings };
  expect(() => parseParameters('submit', { request })).toThrow(expect.objectContaining({ code: 'prompt-empty' }));
  expect(parseParameters('submit', { request: { ...request, kept: [null, 3] } })).toMatchObject({
    request: { kept: [null, 3] },
  });
  expect(() => parseParameters('submit', { request: { ...request, kept: [null, -1] } })).toThrow(/request\.kept/);
});

test('best of is between one and as many as can be run', () => {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const asked = (bestOf: number) => ({
    request: { kind: 'generate', prompt: 'a', seed: 1, variations: 1, settings: { ...settings, bestOf } },
  });
  expect(parseParameters('submit', asked(8))).toEqual(asked(8));
  for (const wrong of [0, 9, 1.5]) expect(() => parseParameters('submit', asked(wrong))).toThrow(/bestOf/);
});

test('a plan is a text or none, and an edit says how much of the picture it takes', () => {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const common = { seed: 1, variations: 1, settings };
  const drawing = { kind: 'generate', prompt: 'a', ...common };
  const edit = { kind: 'edit', source: { pack: 'a', codes: [1] }, instruction: 'b', ...common };
  for (const request of [
    { ...drawing, plan: { text: 'c' } },
    { ...drawing, plan: 'none' },
    { ...edit, plan: { text: 'c' }, region: 'changed' },
    { ...edit, region: 'whole' },
  ]) {
    expect(parseParameters('submit', { request })).toEqual({ request });
  }
  for (const request of [
    { ...drawing, plan: 'c' },
    { ...drawing, plan: { text: 1 } },
    { ...drawing, region: 'whole' },
    { ...edit, region: 'part' },
  ]) {
    expect(() => parseParameters('submit', { request })).toThrow(/request\.?(plan|region)?/);
  }
});

test('an ablation names its groups from low to high', () => {
  const request = { kind: 'ablate', source: { pack: 'a', codes: [1] }, seed: 1 };
  expect(parseParameters('submit', { request })).toEqual({ request });
  const groups = [{ from: 3, to: 2 }];
  expect(() => parseParameters('submit', { request: { ...request, groups } })).toThrow(/request\.groups\.0/);
});

test('a film names how many tokens its pictures see', () => {
  const request = { kind: 'film', source: { pack: 'a', codes: [1] }, seed: 1, counts: [0, 1, 2] };
  expect(parseParameters('submit', { request })).toEqual({ request });
  for (const counts of [[], [-1], [0.5], Array.from({ length: 65 }, () => 1)]) {
    expect(() => parseParameters('submit', { request: { ...request, counts } })).toThrow(/request\.counts/);
  }
});

test('a frame may tell what it was branched, transplanted, planned or edited from', () => {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const origins = [
    { kind: 'generated', prompt: '', seed: 1, settings, pack: 'p@1', branch: { parentId: 'a', kept: [3, 4] } },
    { kind: 'generated', prompt: 'a', seed: 1, settings, pack: 'p@1', plan: 'a large star' },
    {
      ...{ kind: 'edited', instruction: 'b', seed: 1, settings, pack: 'p@1', parentId: 'a', plan: 'c' },
      ...{ region: 'changed', check: { inside: 0.2, outside: 0, changedPixels: 0.1, spill: 0.05, region: 0.3 } },
    },
    {
      kind: 'decoded',
      ...{ parentId: 'a', t: 1, keepFrom: 0, seed: 1, steps: 4, pack: 'p@1' },
      transplant: { donorId: 'b', from: 2, to: 3 },
    },
  ];
  for (const origin of origins) {
    const frame = {
      ...{ id: 'f', name: '', x: 0, y: 0, width: 1, height: 1, imageId: '0'.repeat(64), pixelWidth: 1, pixelHeight: 1 },
      ...{ origin, tokens: null, description: null, answers: [], createdAt: '2026-01-01T00:00:00Z' },
    };
    const transaction = { label: 'x', operations: [{ type: 'put-frame', frame }] };
    expect(parseParameters('commit', { transaction })).toEqual({ transaction });
  }
});

test('a frame may have a mask, tell what it was edited under, and keep the region it was asked about', () => {
  const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const mask = { imageId: 'a'.repeat(64), grow: -2, feather: 4 };
  const reading = {
    background: { kind: 'plain', colours: ['blue'], confidence: 0.9 },
    objects: [
      { kind: 'star', colour: 'red', texture: 'solid', size: 'small', cell: 'top', x: 0.5, y: 0.1, confidence: 1 },
    ],
  };
  const check = { inside: 0.2, outside: 0, changedPixels: 0.1, spill: 0.05, before: reading, after: reading };
  const origin = {
    ...{ kind: 'edited', instruction: 'make it blue', seed: 1, settings, pack: 'p@1', parentId: 'a' },
    ...{ mask, check },
  };
  const frame = {
    ...{ id: 'f', name: '', x: 0, y: 0, width: 1, height: 1, imageId: '0'.repeat(64), pixelWidth: 1, pixelHeight: 1 },
    ...{ origin, tokens: null, mask, description: null, createdAt: '2026-01-01T00:00:00Z' },
    answers: [{ question: 'what?', answer: 'a star', region: { x: 0, y: 0, width: 1, height: 1 } }],
  };
  const transaction = { label: 'x', operations: [{ type: 'put-frame', frame }] };
  expect(parseParameters('commit', { transaction })).toEqual({ transaction });
  const wrong = (changes: object) => ({
    transaction: { label: 'x', operations: [{ type: 'put-frame', frame: { ...frame, ...changes } }] },
  });
  expect(() => parseParameters('commit', wrong({ mask: { ...mask, feather: -1 } }))).toThrow(/mask\.feather/);
  expect(() => parseParameters('commit', wrong({ mask: { ...mask, imageId: '../x' } }))).toThrow(/mask\.imageId/);
});

test('a study names what it reads, and how often within bounds', () => {
  const source = { pack: 'a', codes: [1] };
  for (const request of [
    { kind: 'entropy', sources: [source], prompts: ['a star'], strides: [0, 1, 2] },
    { kind: 'entropy', sources: [], samples: { count: 4, seed: 1, prompt: '' }, strides: [0] },
    { kind: 'spectrum', source, counts: [1, 2], seed: 1, steps: 8 },
    { kind: 'seeds', source, count: 2, seed: 1, steps: 8 },
  ]) {
    expect(parseParameters('submit', { request })).toEqual({ request });
  }
  for (const [request, place] of [
    [{ kind: 'entropy', sources: [source], strides: [] }, /request\.strides/],
    [{ kind: 'spectrum', source, counts: [0], seed: 1, steps: 8 }, /request\.counts\.0/],
    [{ kind: 'seeds', source, count: 1, seed: 1, steps: 8 }, /request\.count/],
  ] as const) {
    expect(() => parseParameters('submit', { request })).toThrow(place);
  }
});
