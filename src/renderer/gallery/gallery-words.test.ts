import { expect, it } from 'vitest';
import { everything } from '../../shared/contract/gallery.js';
import { fakePicture } from '../../../tests/fakes/window/fake-gallery.js';
import { emptyReason, foundWords, pictureLabel, whereItIs } from './gallery-words.js';

it('describes a picture to those who do not see it', () => {
  const picture = fakePicture('x', { text: 'a red kite', projectName: 'Skies' });
  expect(pictureLabel(picture)).toBe('a red kite, generated, project Skies');
  expect(pictureLabel({ ...picture, description: 'a kite over hills', starred: true, uses: 0 })).toBe(
    'a kite over hills, generated, project Skies, starred, on no board',
  );
  expect(pictureLabel({ ...picture, text: null, name: 'Blend' })).toMatch(/^Blend/);
});

it('says where a picture stands', () => {
  const picture = fakePicture('x', { projectName: 'Skies' });
  expect(whereItIs(picture, true)).toBe('On this board');
  expect(whereItIs({ ...picture, uses: 3 }, false)).toBe('Skies · 3 frames');
  expect(whereItIs({ ...picture, uses: 0 }, false)).toBe('Not on a board · was in Skies');
});

it('has words for finding much, little and nothing', () => {
  expect(foundWords(0, everything)).toBe('No pictures');
  expect(foundWords(1, { ...everything, view: 'starred' })).toBe('1 picture with a star');
  expect(foundWords(12_345, { ...everything, view: 'trash' })).toMatch(/^12.345 pictures in the trash$/);
  expect(emptyReason(everything, true).title).toBe('Nothing found');
  expect(
    new Set((['all', 'starred', 'trash'] as const).map((view) => emptyReason({ ...everything, view }, false).title))
      .size,
  ).toBe(3);
});
