/** Words that have to fit a room: cut with an ellipsis, or broken into lines. Pure; `widthOf` measures in the unit of the room. */

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export type WidthOf = (text: string) => number;

/** The whole text, or as many of its first characters as fit with `mark` behind them; at least one character. */
export function fitText(text: string, room: number, widthOf: WidthOf, mark = '…'): string {
  if (widthOf(text) <= room) return text;
  // Where each character ends; a beginning is wider the longer it is, so that the longest that fits can be searched for.
  const ends = Array.from(characters.segment(text), ({ index, segment }) => index + segment.length);
  const cut = (kept: number): string => `${text.slice(0, ends[kept - 1]).trimEnd()}${mark}`;
  let [fits, tooLong] = [1, ends.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (widthOf(cut(middle)) <= room) fits = middle;
    else tooLong = middle;
  }
  return ends.length === 0 ? text : cut(fits);
}

/** Lines no wider than `width`: broken at spaces and where the text breaks, inside a word only where one alone is too long. */
export function wrapText(text: string, width: number, widthOf: WidthOf): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, width, widthOf));
}

/** At most `most` such lines; the last one ends in `mark` where the text goes on. */
export function wrapLines(text: string, width: number, widthOf: WidthOf, most: number, mark = '…'): string[] {
  const lines = wrapText(text, width, widthOf);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), fitText(lines.slice(most - 1).join(' '), width, widthOf, mark)];
}

function wrapParagraph(paragraph: string, width: number, widthOf: WidthOf): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/(?<= )/)) {
    if (widthOf((line + word).trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = word;
    while (widthOf(line.trimEnd()) > width) {
      const fits = longestFit(line, width, widthOf);
      if (fits === line.length) break;
      lines.push(line.slice(0, fits));
      line = line.slice(fits);
    }
  }
  return [...lines, line.trimEnd()];
}

/** How many code units of the beginning fit, at least one character. */
function longestFit(text: string, width: number, widthOf: WidthOf): number {
  let length = 0;
  for (const { segment } of characters.segment(text)) {
    const next = length + segment.length;
    if (length > 0 && widthOf(text.slice(0, next)) > width) break;
    length = next;
  }
  return length;
}
