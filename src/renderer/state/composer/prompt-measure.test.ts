import { beforeEach, expect, it, vi } from 'vitest';
import { textLimits } from '../../../shared/limits.js';
import { fakePack, type FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { openFakeWindow } from '../../../../tests/fakes/window/fake-window.js';
import { studio } from '../studio/studio.svelte.js';
import { lengthOf } from './prompt-measure.svelte.js';

let fake: FakeStudio;
beforeEach(async () => {
  fake = await openFakeWindow();
  const languageModel = { ...fakePack.manifest.languageModel!, maxPromptTokens: 3 };
  studio.status = { ...fake.studioStatus, pack: { ...fakePack, manifest: { ...fakePack.manifest, languageModel } } };
});

it('a text is too long past the pack’s tokens, once they are counted', async () => {
  fake.countTokens = async ({ text }) => ({ count: text.split(' ').length });
  expect(lengthOf('four words are here')).toEqual({ characters: 19, tokens: null, isTooLong: false });
  await vi.waitFor(() => expect(lengthOf('four words are here')).toMatchObject({ tokens: { count: 4, most: 3 }, isTooLong: true })); // prettier-ignore
  lengthOf('three are fine');
  await vi.waitFor(() => expect(lengthOf('three are fine')).toMatchObject({ tokens: { count: 3 }, isTooLong: false }));
});

it('and past the most characters, whatever the pack', () => {
  const text = 'a'.repeat(textLimits.prompt + 1);
  expect(lengthOf(text)).toEqual({ characters: text.length, tokens: null, isTooLong: true });
  studio.status = { ...studio.status!, pack: null };
  expect(lengthOf(text).isTooLong).toBe(true);
});
