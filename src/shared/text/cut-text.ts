/** Texts made shorter between characters as people see them: never half a surrogate pair, never an accent without its letter. */

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** No character needs more room than this to be found whole. */
const window = 256;

/** The longest beginning of whole characters with at most `most` UTF-16 units. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Only the last characters before the limit matter, so that long texts take no longer.
  const from = Math.max(0, most - window);
  const safe = from > 0 && isLowSurrogate(text, from) ? from + 1 : from;
  let end = safe;
  for (const { index, segment } of characters.segment(text.slice(safe, most + window))) {
    if (safe + index + segment.length > most) break;
    end = safe + index + segment.length;
  }
  return text.slice(0, end > safe || safe === 0 ? end : isLowSurrogate(text, most) ? most - 1 : most);
}

/** At most `most` UTF-16 units, an ellipsis in place of what is left out. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${cutText(text, most - 1).trimEnd()}…`;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
