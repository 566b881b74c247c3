import { expect, it } from 'vitest';
import { fakePack } from '../../../tests/fakes/window/fake-studio.js';
import { analysisObstacle } from './analysis-words.js';

const manifest = { ...fakePack.manifest, tokens: { ...fakePack.manifest.tokens, keepFromTrained: true } };

it('says what a pack lacks', () => {
  expect(analysisObstacle('entropy', manifest)).toBeNull();
  expect(analysisObstacle('spectrum', manifest)).toBeNull();
  expect(analysisObstacle('seeds', null)).toMatch(/pack first/);
  const { languageModel: _gone, ...mute } = manifest;
  expect(_gone).toBeDefined();
  expect(analysisObstacle('entropy', mute)).toMatch(/no language model/);
  expect(analysisObstacle('seeds', mute)).toBeNull();
  const completions = { model: 'lab/model', logprobs: 20 };
  const elsewhere = { ...manifest, languageModel: { ...manifest.languageModel!, completions } };
  expect(analysisObstacle('entropy', elsewhere)).toMatch(/tells only what was likeliest/);
  const untrained = { ...manifest, tokens: { ...manifest.tokens, keepFromTrained: false } };
  expect(analysisObstacle('spectrum', untrained)).toMatch(/not trained/);
});
