import { expect, it } from 'vitest';
import type { Frame, FrameOrigin } from '../../../shared/document/document.js';
import { lineageWords } from './lineage-words.js';

const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
const made = { seed: 1, settings, pack: 'p@1' };
const tokens = { pack: 'p@1', codes: [1, 2, 3, 4] };
const parent: Pick<Frame, 'id' | 'origin'> = { id: 'a', origin: { kind: 'generated', prompt: 'a boat', ...made } };
const words = (origin: FrameOrigin, from = parent) => lineageWords({ origin, tokens }, from);

it('says the instruction, in one line', () => {
  expect(words({ kind: 'edited', instruction: ' make it\n  blue ', parentId: 'a', ...made })).toBe('make it blue');
  expect(words({ kind: 'edited', instruction: ' ', parentId: 'a', ...made })).toBeNull();
});

it('says the prompt of a branch when it is another one, else how much was written anew', () => {
  const branch = { parentId: 'a', kept: [2] };
  expect(words({ kind: 'generated', prompt: 'a red boat', branch, ...made })).toBe('a red boat');
  expect(words({ kind: 'generated', prompt: 'a boat', branch, ...made })).toBe('3 tokens anew');
  expect(words({ kind: 'generated', prompt: '', branch: { ...branch, kept: [1, 2, 3] }, ...made })).toBe(
    '1 token anew',
  );
});

it('says what was decoded, and which tokens came from a donor on its own arrow only', () => {
  const decoded = { kind: 'decoded', parentId: 'a', t: 1, keepFrom: 0, seed: 1, steps: 1, pack: 'p@1' } as const;
  expect(words(decoded)).toBeNull();
  expect(words({ ...decoded, t: 0.4 })).toBe('from t 0.40');
  expect(words({ ...decoded, keepFrom: 8 })).toBe('from V9 on');
  const transplant = { donorId: 'b', from: 1, to: 2 };
  expect(words({ ...decoded, transplant })).toBeNull();
  expect(words({ ...decoded, transplant }, { ...parent, id: 'b' })).toBe('V2 to V3');
});
