/** Names of files that every file system accepts: Windows' rules are the strictest, Linux counts bytes. */

/** Names that Windows keeps for devices, with or without anything behind a dot. */
const devices = /^(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?=\.|$)/i;
/** Of a whole name, in UTF-8; most file systems take 255, some encryption leaves 143. */
const mostBytes = 140;

/**
 * `name` with `ending` (such as `-7.png`) behind it: letters, digits, spaces and `._-` only, no dot or space at either end, never
 * a device's name, at most 140 bytes. `fallback` where nothing of the name is left.
 */
export function safeFileName(name: string, ending: string, fallback: string): string {
  const clean = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ');
  const short = trimmed(cutToBytes(trimmed(clean), mostBytes - bytesOf(ending)));
  const safe = short === '' ? fallback : short;
  return `${devices.test(safe) ? `${fallback} ${safe}` : safe}${ending}`;
}

function trimmed(name: string): string {
  return name.replaceAll(/^[ .]+|(?<![ .])[ .]+$/g, '');
}

function cutToBytes(text: string, most: number): string {
  let bytes = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.slice(0, 1000))) {
    bytes += bytesOf(segment);
    if (bytes > most) break;
    kept += segment;
  }
  return kept;
}

/** In UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
