import { expect, it } from 'vitest';
import {
  cellName,
  formatProbability,
  formatSpan,
  lockInWords,
  placeName,
  rangeName,
  seenPart,
  readingPhrases,
  residenceSentence,
  residenceWords,
  spokenCaption,
  spokenReading,
  spokenTime,
  tokenCount,
  tokenName,
  visibleTokens,
} from './timeline-words.js';

it('counts tokens from 1 in prose', () => {
  expect(tokenName(0)).toBe('V₁');
  expect(tokenName(511)).toBe('V₅₁₂');
  expect([0, 1, 12].map(visibleTokens)).toEqual(['no tokens', 'V₁', 'V₁…V₁₂']);
});

it('counts in words', () => {
  expect([0, 1, 2].map(tokenCount)).toEqual(['0 tokens', '1 token', '2 tokens']);
});

it('says what an encoder does not see of a picture of another shape', () => {
  const square = { width: 128, height: 128 };
  expect(seenPart({ width: 8000, height: 5000 }, square)).toBe(
    'The model sees the middle 5000 × 5000 of 8000 × 5000 pixels.',
  );
  expect(seenPart({ width: 3, height: 200 }, { width: 256, height: 128 })).toMatch(/middle 3 × 2 of 3 × 200/);
  for (const size of [1, 128, 8000]) expect(seenPart({ width: size, height: size }, square)).toBe('');
});

it('says honestly where a lane does not lock in', () => {
  const lane = (...shares: number[]) => shares.map((share, at) => ({ t: at / 4, share }));
  expect(lockInWords(lane(1, 0.9, 0.9, 0.91, 0.8))).toBe('90 % from t 0.75 to clean');
  expect(lockInWords(lane(1, 0.84, 0.8, 0.7, 0.2))).toBe('84 % at most');
  // 97 % somewhere, and yet not held: the words say why.
  expect(lockInWords(lane(1, 0.78, 0.97, 0.97, 0.95))).toBe('falls to 78 % at t 0.25');
  const [clean, ...rest] = lane(1, 0.95, 0.97, 0.97, 0.95);
  expect(lockInWords([clean!, { t: 1e-8, share: 0.58 }, ...rest])).toBe('falls to 58 % just above t 0');
  expect(lockInWords([clean!, { t: 1e-8, share: 0.95 }, ...lane(0.7, 0.8, 0.8).slice(1)])).toBe(
    '90 % only just above t 0',
  );
});

it('gives spans as many decimals as they need', () => {
  expect(formatSpan({ from: 0.611, to: 0.637 }, 32)).toBe('0.64 to 0.61');
  expect(formatSpan({ from: 0.6192, to: 0.6203 }, 512)).toBe('0.620 to 0.619');
});

it('speaks the slider as a person would', () => {
  expect(spokenTime(0.62, 12, 32)).toBe('at t 0.62, 12 of 32 tokens in use');
});

it('never calls the merely unlikely impossible', () => {
  expect([0, 0.0004, 0.0312, 0.0999, 0.72].map(formatProbability)).toEqual([
    '0.0 %',
    '<0.1 %',
    '3.1 %',
    '10 %',
    '72 %',
  ]);
});

it('speaks what is restored where it is measured', () => {
  const shares = { background: 1.02, layout: 0.994, colour: 0.912, shape: 0.4, texture: -0.1 };
  expect(spokenTime(0.62, 12, 32, shares)).toBe(
    'at t 0.62, 12 of 32 tokens in use; background restored 100 %, layout restored 99 %, colour restored 91 %, ' +
      'shape restored 40 %, texture restored 0 %',
  );
});

it('speaks what is read there, with who reads it and how sure', () => {
  const caption = {
    words: [
      { text: 'a', probability: 1 },
      { text: 'ring', probability: 0.25 },
    ],
    confidence: 0.5,
  };
  expect(spokenTime(0.5, 1, 32, undefined, spokenCaption(caption))).toBe(
    'at t 0.50, 1 of 32 tokens in use; the language model reads: a ring, 50 % sure',
  );
  expect(spokenCaption({ words: [], confidence: 0.9 })).toBe('the language model reads: nothing, 90 % sure');
  const background = { kind: 'plain', colours: ['teal'], confidence: 0.99 };
  expect(spokenReading({ background, objects: [] })).toBe('the probe reads: plain background, teal 99 %; no object');
});

it('names the cell of a spatial token, row by row, and none of a timestep token', () => {
  const raster = { kind: 'raster', columns: 4, rows: 8 } as const;
  expect([0, 3, 4, 31].map((index) => cellName(raster, index))).toEqual([
    'row 1, column 1',
    'row 1, column 4',
    'row 2, column 1',
    'row 8, column 4',
  ]);
  expect(cellName({ kind: 'power', exponent: 1 }, 3)).toBeNull();
});

it('names ranges and places', () => {
  expect([rangeName({ from: 2, to: 2 }), rangeName({ from: 2, to: 6 })]).toEqual(['V₃', 'V₃…V₇']);
  expect(placeName({ x: 0.5, y: 0.5 })).toBe('the centre');
  expect([placeName({ x: 0, y: 0.5 }), placeName({ x: 1, y: 1 })]).toEqual(['the left', 'the bottom right']);
});

it('reads a picture aloud, leaving out what is unsure', () => {
  const object = { kind: 'boat', colour: 'red', texture: 'solid', size: 'large', cell: 'bottom', x: 0.5, y: 0.8 };
  const background = { kind: 'horizon', colours: ['blue', 'teal'], confidence: 0.9 };
  const phrases = readingPhrases({
    background,
    objects: [
      { ...object, confidence: 0.9 },
      { ...object, texture: 'striped', confidence: 0.2 },
    ],
  });
  expect(phrases).toEqual([
    { words: 'horizon background, blue and teal', confidence: 0.9 },
    { words: '1 object', confidence: null },
    { words: 'large red boat, bottom', confidence: 0.9 },
  ]);
  expect(readingPhrases({ background, objects: [] })[1]!.words).toBe('no object');
  const six = Array.from({ length: 6 }, () => ({ ...object, confidence: 0.9 }));
  const many = readingPhrases({ background, objects: six });
  expect(many.map(({ words }) => words)[1]).toBe('6 objects');
  expect(many).toHaveLength(5);
});

it('ends a row with where its attribute lives, short and as a sentence', () => {
  const run = { kind: 'run', run: { from: 26, to: 31 }, lost: 0.71 } as const;
  expect(residenceWords(run)).toBe('V₂₇…V₃₂ · 71 %');
  expect(residenceSentence('background', run)).toBe('Background ← V₂₇…V₃₂: without them, 71 % of it is lost.');
  const peak = { kind: 'peak', run: { from: 31, to: 31 }, lost: 0.12 } as const;
  expect(residenceWords(peak)).toBe('most V₃₂ · 12 %');
  expect(residenceSentence('shape', peak)).toMatch(/^Shape is spread .* more at V₃₂ .* without it alone, 12 % .* lost/);
  expect(residenceWords({ kind: 'spread' })).toBe('spread over all');
  expect(residenceWords({ kind: 'shared' })).toBe('no one alone');
});
