/** How large a note is for its words. Pure; board units. */
import type { Note } from '../../../shared/document/annotations.js';
import { wrapText } from '../../../shared/text/fit-text.js';

export const notePadding = 14;
export const noteLineHeight = 1.35;

/** The height at which every line shows. */
export function noteHeight(lines: number, fontSize: number): number {
  return Math.ceil(lines * fontSize * noteLineHeight + 2 * notePadding);
}

/** A note that holds all its words: it grows downwards, never shrinks. */
export function grownNote(note: Note, widthOf: (text: string) => number): Note {
  const lines = wrapText(note.text, note.width - 2 * notePadding, widthOf);
  const height = Math.max(note.height, noteHeight(lines.length, note.fontSize));
  return height === note.height ? note : { ...note, height };
}
