import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../../shared/document/document.js';
import { documentState } from '../../document/document.svelte.js';
import { FakeStudio } from '../../../../../tests/fakes/window/fake-studio.js';
import { importedFrame } from '../../document/frames.js';
import { staging } from '../../jobs/staging.svelte.js';
import { startStudio } from '../../studio/start.js';
import { branchFrame, branchPrompt, branchRequest, keptTokens, type BranchChoice } from './timeline-branch.js';

const settings = { steps: 16, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const choice: BranchChoice = {
  keepFrom: 2,
  locked: new Set([0]),
  guide: 'prompt',
  words: ' a boat ',
  seed: 7,
  variations: 2,
};

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
    expect(branchRequest('p@1', [5, 6, 7], choice, settings)).toEqual({
      kind: 'generate',
      prompt: 'a boat',
      seed: 7,
      variations: 2,
      settings,
      kept: [5, null, 7],
    });
    expect(branchRequest('p@1', [5, 6, 7], { ...choice, words: ' ' }, settings)).toMatchObject({ prompt: '' });
  });

  it('edits the picture it leaves where an instruction leads, which needs words', () => {
    const edit = { ...choice, guide: 'instruction', words: ' make it blue ' } as const;
    expect(branchRequest('p@1', [5, 6, 7], edit, settings)).toEqual({
      kind: 'edit',
      source: { pack: 'p@1', codes: [5, 6, 7] },
      instruction: 'make it blue',
      seed: 7,
      variations: 2,
      settings,
      kept: [5, null, 7],
      region: 'whole',
    });
    expect(() => branchRequest('p@1', [5, 6, 7], { ...edit, words: ' ' }, settings)).toThrow('no instruction');
  });

  it('refuses when nothing is left to rewrite', () => {
    expect(() => branchRequest('p@1', [5, 6], { ...choice, keepFrom: 0 }, settings)).toThrow('nothing to rewrite');
  });
});

describe('a branch', () => {
  it('is chosen from candidates under its parent, and knows it and the tokens it kept', async () => {
    staging.clear();
    const fake = new FakeStudio();
    await startStudio(fake);
    const stored = { imageId: 'b'.repeat(64), width: 8, height: 8 };
    const parent = {
      ...importedFrame('a tree.png', stored, { x: 0, y: 0 }),
      tokens: { pack: 'p@1', codes: [5, 6, 7] },
    };
    await documentState.commit('Import', [{ type: 'put-frame', frame: parent }]);
    const branched = branchFrame(parent, [5, 6, 7], 0.625, { ...choice, words: '' });
    await vi.waitFor(() => expect(fake.submitted).toHaveLength(1));
    expect(fake.submitted[0]).toMatchObject({ kept: [5, null, 7], variations: 2, base: { imageId: parent.imageId } });
    const image = { imageId: 'a'.repeat(64), width: 8, height: 8, seed: 8, codes: [5, 1, 7], certainty: [] };
    const images = [image, { ...image, seed: 9 }];
    fake.say('job1', { type: 'done', elapsedMs: 1, result: { kind: 'generate', pack: 'p@1', images } });
    await branched;
    expect(documentState.frames).toEqual([parent]);
    expect(staging.current!.candidates).toHaveLength(2);
    await staging.accept(staging.current!);
    expect(documentState.frames[1]).toMatchObject({
      name: 'Branch at t 0.63: a tree',
      tokens: { codes: [5, 1, 7] },
      origin: { kind: 'generated', seed: 8, branch: { parentId: parent.id, kept: [0, 2] } },
    });
  });
});

it('starts from the words that made the picture, else from those that describe it', () => {
  const origin = { kind: 'generated', prompt: 'a boat' };
  expect(branchPrompt({ origin, description: 'x' } as Frame)).toBe('a boat');
  expect(branchPrompt({ origin: { kind: 'imported', fileName: 'a.png' }, description: 'a red sea' } as Frame)).toBe(
    'a red sea',
  );
  expect(branchPrompt({ origin: { kind: 'edited' }, description: null } as Frame)).toBe('');
});
