import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Note } from '../../../shared/annotations.js';
import { grownNote, noteHeight, notePadding, wrapText } from './note-text.js';

/** Every character is ten units wide. */
const widthOf = (text: string): number => [...text].length * 10;

describe('wrapping', () => {
  it('breaks at spaces, and inside a word only when it alone is too long', () => {
    expect(wrapText('make the sky softer', 100, widthOf)).toEqual(['make the', 'sky softer']);
    expect(wrapText('incomprehensible', 60, widthOf)).toEqual(['incomp', 'rehens', 'ible']);
    expect(wrapText('one\n\ntwo', 100, widthOf)).toEqual(['one', '', 'two']);
    expect(wrapText('', 100, widthOf)).toEqual(['']);
  });

  it('keeps every line inside and every character in order', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '🙂'), maxLength: 60 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 200 }), (text, width) => {
        const lines = wrapText(text, width, widthOf);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(10, width));
        const letters = (all: string) => all.replaceAll(/[ \n]/g, '');
        expect(letters(lines.join(''))).toBe(letters(text));
      }),
    );
  });
});

describe('a note', () => {
  const note: Note = { kind: 'note', id: 'n', x: 0, y: 0, width: 100 + 2 * notePadding, height: 60, text: '', fontSize: 20, colour: 'yellow' }; // prettier-ignore

  it('grows with its words and never shrinks', () => {
    const long = { ...note, text: 'make the sky softer and the sun larger' };
    expect(grownNote(long, widthOf).height).toBe(noteHeight(4, 20));
    expect(grownNote({ ...long, height: 900 }, widthOf).height).toBe(900);
    expect(grownNote(note, widthOf)).toBe(note);
  });
});
