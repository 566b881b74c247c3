import { expect, test } from 'vitest';
import type { CaptionReading } from '../../src/shared/tokens/attributes.js';
import { captionRow, confidenceTells } from './caption-curves.js';
import type { Scene } from '../evaluation/scene.js';
import { vocabularyOf } from '../evaluation/vocabulary.js';

const truth: Scene = {
  background: { kind: 'plain', colours: ['red', 'red'] },
  objects: [{ kind: 'star', colour: 'blue', texture: 'solid', size: 'large', x: 0.5, y: 0.5 }],
};
const world = vocabularyOf([truth]);
const right = 'a large solid blue star in the centre, on a plain red background';
const caption = (text: string, confidence: number): CaptionReading => ({
  words: text.split(' ').map((word) => ({ text: word, probability: confidence })),
  confidence,
});

test('a row is the mean confidence, and with the truth how much of it is right', () => {
  const said = (text: string, confidence: number) => ({ positions: [{ t: 1, caption: caption(text, confidence) }] });
  expect(captionRow([said(right, 0.5), said('', 1)], 0, world)).toEqual({ confidence: 0.75 });
  expect(captionRow([{ ...said(right, 0.5), truth }], 0, world)).toEqual({ confidence: 0.5, agreement: 1 });
  expect(captionRow([{ ...said('a plain blue background', 0.5), truth }], 0, world)!.agreement).toBeLessThan(0.5);
  expect(captionRow([{ positions: [{ t: 1 }], truth }], 0, world)).toBeUndefined();
});

test('confidence tells where the surer half is right more often', () => {
  const positions = [
    { t: 1, caption: caption('a plain blue background', 0.25) },
    { t: 0.5, caption: caption(right, 0.75) },
  ];
  expect(confidenceTells([{ positions, truth }], world)).toMatchObject({ above: 1, at: 0.5 });
  expect(confidenceTells([{ positions, truth }], world)!.below).toBeLessThan(0.5);
  expect(confidenceTells([{ positions }], world)).toBeNull();
});
