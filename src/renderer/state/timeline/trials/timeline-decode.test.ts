import { expect, it } from 'vitest';
import { decodeRequest } from './timeline-decode.js';
import type { TimelineSource } from '../timeline-source.js';

const source = {
  pack: 'p@1',
  imageId: 'a',
  codes: [1, 2],
  manifest: { diffusion: { defaultGuidance: 1.5 } },
} as unknown as TimelineSource;
const choice = { keepFrom: 1, steps: 8 };

it('decodes what the timeline shows: its picture, codes, t and noise', () => {
  expect(decodeRequest({ source, codes: [1, 2], t: 0.5, seed: 3 }, choice)).toEqual({
    kind: 'decode',
    pack: 'p@1',
    codes: [1, 2],
    imageId: 'a',
    t: 0.5,
    keepFrom: 1,
    steps: 8,
    seed: 3,
    tokenGuidance: 1.5,
  });
});

it('takes the codes that were read where the frame has none of its own', () => {
  expect(decodeRequest({ source: { ...source, codes: null }, codes: [5, 6], t: 0.5, seed: 3 }, choice)).toMatchObject({
    imageId: 'a',
    codes: [5, 6],
  });
});

it('says what is missing before the image was read', () => {
  expect(() =>
    decodeRequest({ source: { ...source, codes: null }, codes: null, t: 0.5, seed: 3 }, choice),
  ).toThrowError(/not been read/);
});
