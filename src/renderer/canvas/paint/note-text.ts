/** How a note's words fall into lines. Pure; board units. */
import type { Note } from '../../../shared/annotations.js';

export const notePadding = 14;
export const noteLineHeight = 1.35;

/** Lines no wider than `width`: broken at spaces, inside a word only where one alone is too long. */
export function wrapText(text: string, width: number, widthOf: (text: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, width, widthOf));
}

function wrapParagraph(paragraph: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/(?<= )/)) {
    if (widthOf((line + word).trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = word;
    while (widthOf(line.trimEnd()) > width && [...line].length > 1) {
      const fits = longestFit(line, width, widthOf);
      lines.push(line.slice(0, fits));
      line = line.slice(fits);
    }
  }
  return [...lines, line.trimEnd()];
}

/** How many code units of the beginning fit, at least one character. */
function longestFit(text: string, width: number, widthOf: (text: string) => number): number {
  let length = 0;
  for (const character of text) {
    const next = length + character.length;
    if (length > 0 && widthOf(text.slice(0, next)) > width) break;
    length = next;
  }
  return length;
}

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
