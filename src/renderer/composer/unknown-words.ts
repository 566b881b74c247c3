/** Which words of a prompt a pack has never seen, and what it knows that is spelt alike. Pure; any text is legal. */

export interface UnknownWord {
  word: string;
  /** Where it stands in the text, in UTF-16 units: `text.slice(start, end) === word`. */
  start: number;
  end: number;
  /** Known words spelt alike, nearest first, at most three. */
  nearest: string[];
}

const suggestionsKept = 3;
const shortestCompared = 3;
const longestCompared = 40;

/** Words outside `knownWords`, in the order of the text. A pack that lists no words knows them all. */
export function unknownWords(text: string, manifest: { readonly knownWords: readonly string[] }): UnknownWord[] {
  if (manifest.knownWords.length === 0) return [];
  const known = new Set(manifest.knownWords.map((word) => word.toLowerCase()));
  const found: UnknownWord[] = [];
  for (const match of text.matchAll(/[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{N}+/gu)) {
    const word = match[0];
    const plain = word.toLowerCase().replaceAll('’', "'");
    if (known.has(plain)) continue;
    found.push({ word, start: match.index, end: match.index + word.length, nearest: nearestWords(plain, known) });
  }
  return found;
}

/** Each word once, in whatever case it stands there, with all its places. */
export function distinctWords(unknown: readonly UnknownWord[]): UnknownWord[][] {
  const places = new Map<string, UnknownWord[]>();
  for (const one of unknown) {
    const key = one.word.toLowerCase();
    places.set(key, [...(places.get(key) ?? []), one]);
  }
  return [...places.values()];
}

/** The text with `by` in all these places, which stand in the order of the text. */
export function withWord(text: string, places: readonly UnknownWord[], by: string): string {
  return places.reduceRight((changed, { start, end }) => changed.slice(0, start) + by + changed.slice(end), text);
}

function nearestWords(word: string, known: ReadonlySet<string>): string[] {
  // Any short word is one letter away from "I".
  if (word.length < shortestCompared || word.length > longestCompared) return [];
  // More than a third of the letters changed, and the suggestion has nothing to do with what was meant.
  const limit = Math.max(1, Math.floor(word.length / 3));
  return [...known]
    .map((suggestion) => ({ suggestion, distance: editDistance(word, suggestion, limit) }))
    .filter((entry) => entry.distance <= limit)
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        Math.abs(a.suggestion.length - word.length) - Math.abs(b.suggestion.length - word.length) ||
        (a.suggestion < b.suggestion ? -1 : 1),
    )
    .slice(0, suggestionsKept)
    .map((entry) => entry.suggestion);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); above `limit` any larger number. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let distance = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, beforePrevious[column - 2]! + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
