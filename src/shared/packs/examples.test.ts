import { expect, it } from 'vitest';
import { allWork, exampleMeasure, ratedExamples } from './examples.js';

const scores = [
  { measure: exampleMeasure('prompts', 'a red circle.'), value: 0.875, unit: 'share', count: 8 },
  { measure: exampleMeasure('instructions', 'a star'), value: 1, unit: 'share', count: 8 },
];
const manifest = {
  examples: { prompts: ['a red circle.', 'a star'], instructions: [], questions: [] },
  provenance: { scores },
};

it('finds what was measured of an example of this kind, in the order of the pack', () => {
  expect(ratedExamples(manifest, 'prompts')).toEqual([
    { text: 'a red circle.', rate: 0.875, trials: 8 },
    { text: 'a star', rate: null, trials: 0 },
  ]);
});

it('says that all work only of examples that were measured and did', () => {
  expect(allWork([{ text: 'x', rate: 0.75, trials: 8 }])).toBe(true);
  expect(allWork([{ text: 'x', rate: 0.625, trials: 8 }])).toBe(false);
  expect(allWork(ratedExamples(manifest, 'prompts'))).toBe(false);
});
