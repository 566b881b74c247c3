import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEvaluationData } from './data.js';
import { vocabularyOf } from './vocabulary.js';

const folder = join(import.meta.dirname, '../../resources/evaluation');
const counts = (words: object): number[] => Object.values(words).map((list: string[]) => list.length);
const sets = readdirSync(folder).filter((name) => /^(world|validation)-v\d+\.json$/.test(name));

it('the vocabulary of scenes is each of their words, once', () => {
  const star = { kind: 'star', colour: 'red', texture: 'solid', size: 'small', x: 0.5, y: 0.5 };
  const scene = {
    background: { kind: 'horizon', colours: ['white', 'red'] },
    objects: [star, { ...star, kind: 'car' }],
  };
  expect(vocabularyOf([scene, scene])).toEqual({
    kinds: ['car', 'star'],
    colours: ['red', 'white'],
    textures: ['solid'],
    sizes: ['small'],
    backgrounds: ['horizon'],
  });
});

it.each(sets)('%s knows every word of its world', async (name) => {
  const { vocabulary, scenes } = await readEvaluationData(join(folder, name));
  // Kinds, colours, textures, sizes, backgrounds of the first world and of the second.
  expect(counts(vocabulary)).toEqual(name.endsWith('-v1.json') ? [18, 12, 4, 3, 6] : [14, 12, 3, 3, 6]);
  const used = vocabularyOf(scenes);
  for (const [words, list] of Object.entries(vocabulary)) {
    expect(list, words).toEqual(expect.arrayContaining([...used[words as keyof typeof used]]));
  }
});
