/**
 * The build-up film: one picture from pure noise with ever more of its coarsest tokens, and what is read in each that was not
 * read in the one before. Pure.
 */
import type { CaptionReading, ImageReading, ReadObject } from './attributes.js';
import type { RasterImage } from '../pictures/images.js';
import type { TokenRange } from './tokens.js';

/** x0Hat at t = 1 with the `tokens` coarsest tokens visible; `index` counts the pictures of the film from pure noise on. */
export interface FilmPicture {
  index: number;
  tokens: number;
  image: RasterImage;
  /** What the pack's probe reads in it; absent in a pack without one. */
  reading?: ImageReading;
}

/** What the language model says of picture `index`; only of packs without a probe. */
export interface FilmCaption extends CaptionReading {
  index: number;
}

/** What a film has where nobody says otherwise. */
export const filmLength = 8;

export const filmLimits = { counts: 64 } as const;

/**
 * How many of the coarsest tokens each picture sees: none, then doubling up to all of them. Doublings are thinned where there
 * are more than `most`, and halved gaps, the widest first, fill up where there are fewer. Ascending, at most `most` ≥ 2.
 */
export function filmCounts(count: number, most: number = filmLength): number[] {
  const doublings = [0];
  for (let tokens = 1; tokens < count; tokens *= 2) doublings.push(tokens);
  doublings.push(count);
  if (doublings.length > most) {
    const last = doublings.length - 1;
    return Array.from({ length: most }, (_, place) => doublings[Math.round((place * last) / (most - 1))]!);
  }
  while (doublings.length < most) {
    let widest = 1;
    for (let at = 2; at < doublings.length; at++) if (gap(doublings, at) > gap(doublings, widest)) widest = at;
    if (gap(doublings, widest) < 2) break;
    doublings.splice(widest, 0, Math.round((doublings[widest]! + doublings[widest - 1]!) / 2));
  }
  return doublings;
}

function gap(counts: readonly number[], at: number): number {
  return counts[at]! - counts[at - 1]!;
}

/** The tokens that picture `index` sees and the one before does not; null for the first, which sees none. */
export function filmStretch(counts: readonly number[], index: number, count: number): TokenRange | null {
  if (index <= 0 || index >= counts.length) return null;
  return { from: count - counts[index]!, to: count - counts[index - 1]! - 1 };
}

/** Two objects nearer to each other than this, in shares of the image side, are one. */
const sameObject = 0.12;
/** An object less sure than this is left out, as everywhere a reading is put into words. */
const surest = 0.5;
/** More objects than this make a caption nobody reads. */
const mostObjects = 3;

/**
 * For each picture, in words, what is read in it from there on to the last as it is read in the last, and was not before: what
 * a guess shows only in passing is nobody's gain. Readings are those of a film in its order.
 */
export function filmGains(readings: readonly ImageReading[]): string[][] {
  const gains = readings.map((): string[] => []);
  const last = readings.at(-1);
  if (last === undefined) return gains;
  const { kind, colours } = last.background;
  const coloured = settledAt(readings, ({ background }) => sameWords(background.colours, colours));
  const patterned = settledAt(readings, ({ background }) => background.kind === kind);
  if (patterned <= coloured) add(gains, coloured, groundWords(kind, colours));
  else {
    add(gains, coloured, `${colours.join(' and ')} ground`);
    add(gains, patterned, `${kind} ground`);
  }
  const objects = last.objects.filter(({ confidence }) => confidence >= surest).slice(0, mostObjects);
  for (const object of objects) addObject(gains, readings, object);
  return gains;
}

function addObject(gains: string[][], readings: readonly ImageReading[], object: ReadObject): void {
  const when = (agrees: (found: ReadObject) => boolean): number =>
    settledAt(readings, (reading) => {
      const found = objectAt(reading, object);
      return found !== null && agrees(found);
    });
  const there = when(() => true);
  const coloured = when(({ colour }) => colour === object.colour);
  const named = when(({ kind }) => kind === object.kind);
  const textured = when(({ texture }) => texture === object.texture);
  const colour = coloured <= there ? object.colour : '';
  const known = named <= there;
  const thing = known ? [colour, object.kind] : ['something', colour];
  add(gains, there, `${thing.filter((word) => word !== '').join(' ')}, ${object.cell}`);
  if (coloured > there) add(gains, coloured, object.colour);
  if (!known) add(gains, named, object.kind);
  if (object.texture !== 'solid') add(gains, Math.max(there, textured), object.texture);
}

/** The first picture from which on `agrees` holds to the end; it holds in the last. */
function settledAt(readings: readonly ImageReading[], agrees: (reading: ImageReading) => boolean): number {
  let from = readings.length - 1;
  while (from > 0 && agrees(readings[from - 1]!)) from--;
  return from;
}

function objectAt({ objects }: ImageReading, { x, y }: ReadObject): ReadObject | null {
  const near = objects.filter((one) => one.confidence >= surest && Math.hypot(one.x - x, one.y - y) < sameObject);
  return near[0] ?? null;
}

function groundWords(kind: string, colours: readonly string[]): string {
  return kind === 'plain' ? `${colours.join(' and ')} ground` : `${kind} ${colours.join(' and ')} ground`;
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, at) => word === b[at]);
}

function add(gains: string[][], at: number, words: string): void {
  gains[at]!.push(words);
}

/** Words that name nothing by themselves. */
const joiners = new Set('a an and at in of on one the to with above below is are there'.split(' '));

/** The same of captions: the words of the last that stand in a picture's caption and in all later ones, and not in the one before. */
export function captionGains(captions: readonly CaptionReading[]): string[][] {
  const gains = captions.map((): string[] => []);
  const words = captions.map((caption) => new Set(caption.words.map(({ text }) => text.toLowerCase())));
  for (const word of words.at(-1) ?? []) {
    if (joiners.has(word)) continue;
    let from = words.length - 1;
    while (from > 0 && words[from - 1]!.has(word)) from--;
    add(gains, from, word);
  }
  return gains;
}
