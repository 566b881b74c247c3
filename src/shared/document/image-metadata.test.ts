import { describe, expect, test } from 'vitest';
import type { EarlierStep, Frame, FrameOrigin } from './document.js';
import { metadataLimits, recordOf, wordsOf } from './image-metadata.js';
import { chainOf, factsOf } from './metadata-words.js';

const settings = { steps: 16, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 0 };
const pack = 'p@1';
const createdAt = '2026-01-01T00:00:00.000Z';

function frame(id: string, origin: FrameOrigin, more: Partial<Frame> = {}): Frame {
  return {
    id,
    name: id,
    x: 0,
    y: 0,
    width: 1,
    height: 1,
    imageId: '0'.repeat(64),
    pixelWidth: 1,
    pixelHeight: 1,
    origin,
    tokens: { pack, codes: [1], certainty: [{ entropy: 1, alternatives: [] }] },
    description: null,
    answers: [],
    createdAt,
    ...more,
  };
}

const generated = (prompt: string): FrameOrigin => ({ kind: 'generated', prompt, seed: 1, settings, pack });
const edited = (instruction: string, parentId: string): FrameOrigin => ({
  kind: 'edited',
  instruction,
  seed: 2,
  settings,
  pack,
  parentId,
});

describe('recordOf', () => {
  test('follows every kind of parent, nearest first, and leaves certainty and places out', () => {
    const transplanted: FrameOrigin = {
      kind: 'decoded',
      parentId: 'b',
      t: 1,
      keepFrom: 0,
      seed: 3,
      steps: 4,
      pack,
      transplant: { donorId: 'c', from: 0, to: 1 },
    };
    const frames = [
      frame('a', generated('a red circle')),
      frame('b', edited('make it blue', 'a')),
      frame('c', { ...generated('x'), branch: { parentId: 'a', kept: [0] } } as FrameOrigin),
      frame('d', transplanted, { description: 'what it shows' }),
    ];
    const record = recordOf({ frames }, 'd')!;
    expect(record.earlier.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect(record.picture).toMatchObject({ id: 'd', description: 'what it shows', tokens: { pack, codes: [1] } });
    expect(record.picture).not.toHaveProperty('x');
    expect(record.picture.tokens).not.toHaveProperty('certainty');
    expect(chainOf(record)).toEqual(['“a red circle”', '“make it blue”', 'Tokens V1–V2 transplanted']);
    expect(wordsOf(record)).toEqual({ prompt: 'a red circle', instructions: ['make it blue'] });
  });

  test('what a frame remembers from its file stands in for frames that are not here', () => {
    const past: EarlierStep = { id: 'gone', name: 'gone', origin: generated('a fish'), tokens: null, createdAt };
    const frames = [frame('b', edited('make it red', 'gone'), { earlier: [past] }), frame('c', edited('larger', 'b'))];
    expect(recordOf({ frames }, 'c')!.earlier.map(({ id }) => id)).toEqual(['b', 'gone']);
    expect(recordOf({ frames: frames.slice(0, 1) }, 'b')!.earlier).toEqual([past]);
  });

  test('deleted ancestors end the chain, circles and endless chains are cut, an unknown frame has no record', () => {
    expect(recordOf({ frames: [frame('b', edited('x', 'deleted'))] }, 'b')!.earlier).toEqual([]);
    const circle = [frame('a', edited('x', 'b')), frame('b', edited('y', 'a'))];
    expect(recordOf({ frames: circle }, 'a')!.earlier.map(({ id }) => id)).toEqual(['b']);
    expect(wordsOf(recordOf({ frames: circle }, 'a')!).prompt).toBeNull();
    const long = Array.from({ length: 400 }, (_, at) => frame(`f${at}`, edited('x', `f${at + 1}`)));
    expect(recordOf({ frames: long }, 'f0')!.earlier).toHaveLength(metadataLimits.steps);
    expect(recordOf({ frames: [] }, 'a')).toBeNull();
  });
});

test('facts name what is restored and what is only told', () => {
  const record = recordOf({ frames: [frame('a', generated('a fish'))] }, 'a')!;
  const recipe = { task: 'generate' as const, text: 'a fish', seed: 1, settings, model: pack, facts: [] };
  const own = factsOf({ source: 'ddt-studio', record, recipe, faults: [] });
  expect(own).toContainEqual(['Pack', pack]);
  expect(own).toContainEqual(['Tokens', '1, restored as they are']);
  expect(own).toContainEqual(['Sampling', 'temperature 0.7, top-k all']);
  const foreign = factsOf({ source: 'comfyui', record: null, recipe: { ...recipe, settings: null }, faults: [] });
  expect(foreign).toEqual([
    ['Seed', '1'],
    ['Model', pack],
  ]);
});
