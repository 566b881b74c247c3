import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alternativesProblem,
  countAlternatives,
  escapeAlternatives,
  expandAlternatives,
} from './prompt-alternatives.js';

const all = (prompt: string): string[] => expandAlternatives(prompt, 1000);

describe('alternatives', () => {
  it('gives one prompt for every combination, the last changing fastest', () => {
    expect(all('a {red|blue} {circle|star}')).toEqual(['a red circle', 'a red star', 'a blue circle', 'a blue star']);
  });

  it('may be empty and may hold others', () => {
    expect(all('a {|large }circle')).toEqual(['a circle', 'a large circle']);
    expect(all('{a {red|blue} star|a moon}')).toEqual(['a red star', 'a blue star', 'a moon']);
  });

  it('leaves braces that offer no choice, and escaped ones, as they are', () => {
    expect(all('a {red} star')).toEqual(['a {red} star']);
    expect(all('a {red|blue star')).toEqual(['a {red|blue star']);
    expect(all(String.raw`a \{red\|blue\} star`)).toEqual(['a {red|blue} star']);
    expect(all('a } b | c')).toEqual(['a } b | c']);
  });

  it('takes a text without braces or backslashes as it is', () => {
    const plain = fc.string().filter((text) => !/[{}|\\]| {2}/.test(text) && text === text.trim());
    fc.assert(
      fc.property(plain, (text) => {
        expect(all(text)).toEqual([text]);
      }),
    );
  });

  /** Texts whose choices are known: literal runs and groups of literal choices. */
  const word = fc.stringMatching(/^[a-z]{1,5}$/);
  const parts = fc.array(fc.oneof(word, fc.array(word, { minLength: 2, maxLength: 4 })), { maxLength: 4 });

  it('counts what it writes, and writes every combination once per choice', () => {
    fc.assert(
      fc.property(parts, (drawn) => {
        const prompt = drawn.map((part) => (typeof part === 'string' ? part : `{${part.join('|')}}`)).join(' ');
        const combinations = drawn.reduce<string[]>(
          (texts, part) =>
            texts.flatMap((text) => (typeof part === 'string' ? [part] : part).map((next) => `${text} ${next}`.trim())),
          [''],
        );
        expect(all(prompt)).toEqual(combinations);
        expect(countAlternatives(prompt)).toBe(combinations.length);
      }),
    );
  });

  it('takes no longer for braces that never close', () => {
    const open = '{'.repeat(2000);
    expect(all(open)).toEqual([open]);
    expect(all('{a {red|blue}')).toEqual(['{a red', '{a blue']);
  });

  it('ends on any text, and never gives more than it was asked for', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', '|', '\\', 'a', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (prompt, limit) => {
        const prompts = expandAlternatives(prompt, limit);
        expect(prompts).toHaveLength(Math.min(limit, countAlternatives(prompt)));
      }),
    );
  });

  it('of thousands of levels are a problem with a name, and one prompt', () => {
    const deep = `${'{a|'.repeat(3000)}b${'}'.repeat(3000)}`;
    expect(alternativesProblem(deep)).toMatch(/3000 deep/);
    expect(countAlternatives(deep)).toBe(1);
    expect(all(deep)).toHaveLength(1);
    expect(alternativesProblem('{a|{b|c}}')).toBeNull();
    // Braces that offer no choice and braces that never close are ordinary characters, however many.
    expect(alternativesProblem(`${'{'.repeat(3000)}${'}'.repeat(3000)}`)).toBeNull();
    expect(alternativesProblem('{'.repeat(3000))).toBeNull();
  });
});

describe('a text as a prompt', () => {
  it('stands for itself alone, and stays as it is where it does already', () => {
    expect(escapeAlternatives('a red circle')).toBe('a red circle');
    expect(escapeAlternatives('a {red} circle')).toBe('a {red} circle');
    expect(escapeAlternatives('a {red|blue} circle')).toBe(String.raw`a \{red\|blue\} circle`);
    const text = fc.string({ unit: fc.constantFrom('{', '}', '|', '\\', 'a', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, (words) => {
        expect(all(escapeAlternatives(words))).toEqual([words.replaceAll(/ {2,}/g, ' ').trim()]);
      }),
    );
  });
});
