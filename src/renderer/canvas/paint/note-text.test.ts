import { describe, expect, it } from 'vitest';
import type { Note } from '../../../shared/document/annotations.js';
import { grownNote, noteHeight, notePadding } from './note-text.js';

/** Every character is ten units wide. */
const widthOf = (text: string): number => [...text].length * 10;

describe('a note', () => {
  const note: Note = { kind: 'note', id: 'n', x: 0, y: 0, width: 100 + 2 * notePadding, height: 60, text: '', fontSize: 20, colour: 'yellow' }; // prettier-ignore

  it('grows with its words and never shrinks', () => {
    const long = { ...note, text: 'make the sky softer and the sun larger' };
    expect(grownNote(long, widthOf).height).toBe(noteHeight(4, 20));
    expect(grownNote({ ...long, height: 900 }, widthOf).height).toBe(900);
    expect(grownNote(note, widthOf)).toBe(note);
  });
});
