import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../shared/document.js';
import { branchedFrame, branchPrompt, branchRequest, keptTokens } from './timeline-branch.js';

const settings = { steps: 16, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const choice = { keepFrom: 2, locked: new Set([0]), prompt: ' a boat ', seed: 7, variations: 2 };

describe('keptTokens', () => {
  it('keeps the coarse and the locked ones as they are, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(999), { minLength: 1, maxLength: 80 }),
        fc.nat(90),
        fc.array(fc.nat(79)),
        (codes, keepFrom, locks) => {
          const kept = keptTokens(codes, keepFrom, new Set(locks));
          kept.forEach((code, index) =>
            expect(code).toBe(index >= keepFrom || locks.includes(index) ? codes[index] : null),
          );
        },
      ),
    );
  });
});

describe('branchRequest', () => {
  it('asks for the rest, with or without words', () => {
    expect(branchRequest([5, 6, 7], choice, settings)).toEqual({
      kind: 'generate',
      prompt: 'a boat',
      seed: 7,
      variations: 2,
      settings,
      kept: [5, null, 7],
    });
    expect(branchRequest([5, 6, 7], { ...choice, prompt: ' ' }, settings).prompt).toBe('');
  });

  it('refuses when nothing is left to rewrite', () => {
    expect(() => branchRequest([5, 6], { ...choice, keepFrom: 0 }, settings)).toThrow('nothing to rewrite');
  });
});

it('a child knows its parent and which tokens are still its own', () => {
  const request = branchRequest([5, 6, 7], { ...choice, prompt: '' }, settings);
  const image = { imageId: 'a'.repeat(64), width: 8, height: 8, seed: 8, codes: [5, 1, 7], certainty: [] };
  const child = branchedFrame({ id: 'parent', name: 'a tree' }, request, 'p@1', image, { x: 1, y: 2 });
  expect(child).toMatchObject({ name: 'a tree', x: 1, tokens: { codes: [5, 1, 7] } });
  expect(child.origin).toMatchObject({ kind: 'generated', seed: 8, branch: { parentId: 'parent', kept: [0, 2] } });
});

it('starts from the words that made the picture, else from those that describe it', () => {
  const origin = { kind: 'generated', prompt: 'a boat' };
  expect(branchPrompt({ origin, description: 'x' } as Frame)).toBe('a boat');
  expect(branchPrompt({ origin: { kind: 'imported', fileName: 'a.png' }, description: 'a red sea' } as Frame)).toBe(
    'a red sea',
  );
  expect(branchPrompt({ origin: { kind: 'edited' }, description: null } as Frame)).toBe('');
});
