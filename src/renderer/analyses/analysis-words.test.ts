import { expect, it } from 'vitest';
import { fakePack } from '../../../tests/fakes/window/fake-studio.js';
import { studyObstacle } from './analysis-words.js';

const manifest = { ...fakePack.manifest, tokens: { ...fakePack.manifest.tokens, keepFromTrained: true } };

it('says what a pack lacks', () => {
  expect(studyObstacle('entropy', manifest)).toBeNull();
  expect(studyObstacle('spectrum', manifest)).toBeNull();
  expect(studyObstacle('seeds', null)).toMatch(/pack first/);
  const { languageModel: _gone, ...mute } = manifest;
  expect(_gone).toBeDefined();
  expect(studyObstacle('entropy', mute)).toMatch(/no language model/);
  expect(studyObstacle('seeds', mute)).toBeNull();
  const untrained = { ...manifest, tokens: { ...manifest.tokens, keepFromTrained: false } };
  expect(studyObstacle('spectrum', untrained)).toMatch(/not trained/);
});
