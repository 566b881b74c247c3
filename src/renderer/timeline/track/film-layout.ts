/** Where the pictures of the build-up film stand, and how they are tied to the tokens they add. Pure, in CSS pixels. */
import { filmStretch } from '../../../shared/tokens/build-up.js';
import { seenInPanel, type TokenColumns } from './token-columns.js';

export interface FilmLayout {
  pictures: { left: number; width: number }[];
  /** Of every picture. */
  height: number;
  /** Between the strip and the pictures, for what ties them together. */
  ties: number;
  /** Lines of words under each picture. */
  lines: 0 | 1 | 2;
}

const gap = 6;

/**
 * `counts` pictures of shape `aspect` (width / height), evenly over `width`, in `height` pixels with their ties and words, `line`
 * pixels a line.
 */
export function filmLayout(counts: number, width: number, height: number, aspect: number, line = 14): FilmLayout {
  const pitch = counts === 0 ? 0 : width / counts;
  const ties = height >= 64 ? 12 : 8;
  const lines = pitch < 5.4 * line || height < 6 * line ? 0 : height < 7.4 * line ? 1 : 2;
  const room = Math.max(0, height - ties - lines * line - (lines > 0 ? 3 : 0));
  const pictureWidth = Math.max(0, Math.min(pitch - gap, room * aspect));
  return {
    pictures: Array.from({ length: counts }, (_, index) => ({
      left: pitch * (index + 0.5) - pictureWidth / 2,
      width: pictureWidth,
    })),
    height: pictureWidth / aspect,
    ties,
    lines,
  };
}

/** SVG path from the stretch of the strip that picture `index` adds down to the picture; empty for the one without tokens. */
export function tiePath(
  columns: TokenColumns,
  scrollLeft: number,
  counts: readonly number[],
  index: number,
  { pictures, ties }: FilmLayout,
): string {
  const stretch = filmStretch(counts, index, columns.count);
  const picture = pictures[index];
  if (stretch === null || picture === undefined) return '';
  const { left, right } = seenInPanel(columns, scrollLeft, stretch);
  const [below, end] = [picture.left, picture.left + picture.width];
  const middle = ties / 2;
  return [
    `M${round(left)} 0`,
    `C${round(left)} ${middle} ${round(below)} ${middle} ${round(below)} ${ties}`,
    `H${round(end)}`,
    `C${round(end)} ${middle} ${round(right)} ${middle} ${round(right)} 0Z`,
  ].join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
