import fc from 'fast-check';
import { expect, test } from 'vitest';
import { studioMethods } from '../shared/api.js';
import { StudioError } from '../shared/errors.js';
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

test('an ablation names its groups from low to high', () => {
  const request = { kind: 'ablate', source: { pack: 'a', codes: [1] }, seed: 1 };
  expect(parseParameters('submit', { request })).toEqual({ request });
  const groups = [{ from: 3, to: 2 }];
  expect(() => parseParameters('submit', { request: { ...request, groups } })).toThrow(/request\.groups\.0/);
});
