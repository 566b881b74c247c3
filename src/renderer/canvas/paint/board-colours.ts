/** The theme's colours as the canvas needs them, and those of notes, which are the same in every theme. */
import type { NoteColour } from '../../../shared/document/annotations.js';

export interface BoardColours {
  board: string;
  dot: string;
  accent: string;
  accentSoft: string;
  onAccent: string;
  text: string;
  textMuted: string;
  border: string;
  /** Arrows between frames. */
  lineage: string;
  placeholder: string;
  guide: string;
}

/** Reads the theme's tokens, so that the board follows it. */
export function boardColours(element: Element): BoardColours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    board: token('--surface-board'),
    dot: token('--board-dot'),
    accent: token('--accent'),
    accentSoft: token('--accent-soft'),
    onAccent: token('--on-accent'),
    text: token('--text'),
    textMuted: token('--text-muted'),
    border: token('--border-strong'),
    lineage: token('--text-faint'),
    placeholder: token('--surface-2'),
    guide: token('--danger'),
  };
}

/** A note is paper of a light colour with dark writing; an arrow is a line that shows on dark and on light ground. */
export const noteColourValues: Record<NoteColour, { paper: string; line: string }> = {
  yellow: { paper: '#f6e08a', line: '#d9a514' },
  red: { paper: '#f6b3ac', line: '#e4574f' },
  green: { paper: '#b5dfab', line: '#3fa650' },
  blue: { paper: '#afd2f2', line: '#3f8ee0' },
  violet: { paper: '#d2c1f3', line: '#8f69dc' },
  grey: { paper: '#dcdee2', line: '#8b9099' },
};

export const noteInk = '#1d1d22';
