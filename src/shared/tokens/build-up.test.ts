import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageReading, ReadObject } from './attributes.js';
import { captionGains, filmCounts, filmGains, filmStretch } from './build-up.js';

describe('filmCounts', () => {
  it('doubles from none to all, and has eight pictures where K allows', () => {
    expect(filmCounts(32)).toEqual([0, 1, 2, 4, 8, 16, 24, 32]);
    expect(filmCounts(48)).toEqual([0, 1, 2, 4, 8, 16, 32, 48]);
    expect(filmCounts(64)).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
    expect(filmCounts(3)).toEqual([0, 1, 2, 3]);
    expect(filmCounts(1)).toEqual([0, 1]);
  });

  it('ends with all tokens and never repeats, for any K; the stretches are every token once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), (count) => {
        const counts = filmCounts(count);
        expect(counts.length).toBeLessThanOrEqual(8);
        expect([counts[0], counts.at(-1)]).toEqual([0, count]);
        counts.slice(1).forEach((tokens, at) => expect(tokens).toBeGreaterThan(counts[at]!));
        const stretches = counts.map((_, index) => filmStretch(counts, index, count));
        expect(stretches[0]).toBeNull();
        const covered = stretches.flatMap((stretch) => (stretch === null ? [] : [stretch]));
        expect(covered[0]!.to).toBe(count - 1);
        expect(covered.at(-1)!.from).toBe(0);
        covered.slice(1).forEach(({ to }, at) => expect(to).toBe(covered[at]!.from - 1));
      }),
    );
  });
});

const boat: ReadObject = {
  kind: 'boat',
  colour: 'red',
  texture: 'striped',
  size: 'small',
  cell: 'top left',
  x: 0.2,
  y: 0.2,
  confidence: 0.9,
};

function reading(kind: string, colour: string, ...objects: ReadObject[]): ImageReading {
  return { background: { kind, colours: [colour], confidence: 0.9 }, objects };
}

describe('filmGains', () => {
  it('says what is read from a picture on, as coarse as it is read there', () => {
    const gains = filmGains([
      reading('plain', 'grey'),
      reading('plain', 'white'),
      reading('banded', 'white', { ...boat, kind: 'circle', texture: 'solid' }),
      reading('banded', 'white', { ...boat, texture: 'solid' }),
      reading('banded', 'white', boat),
    ]);
    expect(gains).toEqual([[], ['white ground'], ['banded ground', 'something red, top left'], ['boat'], ['striped']]);
  });

  it('does not count what is lost again, nor what is not sure', () => {
    const unsure = { ...boat, confidence: 0.3 };
    const gains = filmGains([
      reading('plain', 'white', boat),
      reading('plain', 'white', unsure),
      reading('plain', 'white', boat, { ...unsure, x: 0.8 }),
    ]);
    expect(gains).toEqual([['white ground'], [], ['red boat, top left', 'striped']]);
  });

  it('names each thing once, and only as the last picture has it', () => {
    const words = fc.constantFrom('red', 'blue', 'plain', 'banded', 'boat', 'car');
    const one = fc.record({ kind: words, colour: words, texture: words, x: fc.constantFrom(0.2, 0.8) });
    const readings = fc.array(fc.record({ kind: words, colour: words, objects: fc.array(one, { maxLength: 2 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(readings, (made) => {
        const film = made.map(({ kind, colour, objects }) =>
          reading(kind, colour, ...objects.map((object) => ({ ...boat, ...object }))),
        );
        const gains = filmGains(film);
        expect(gains).toHaveLength(film.length);
        const said = gains.flat().join(' ');
        const last = film.at(-1)!;
        for (const word of [last.background.kind, ...last.background.colours]) {
          if (word !== 'plain') expect(said).toContain(word);
        }
        for (const { kind, colour } of last.objects) {
          expect(said).toContain(kind);
          expect(said).toContain(colour);
        }
      }),
    );
  });
});

it('takes the words of captions that stay', () => {
  const caption = (text: string) => ({
    words: text.split(' ').map((word) => ({ text: word, probability: 1 })),
    confidence: 1,
  });
  expect(
    captionGains([caption('a blue boat'), caption('a red circle on white'), caption('a red boat on white')]),
  ).toEqual([[], ['red', 'white'], ['boat']]);
  expect(captionGains([])).toEqual([]);
});
