/** Which classes of a pack a text looks for. Pure; any text is legal. */

/** Those that hold every word of the text as the beginning of one of theirs, then those that hold it somewhere; each in the pack's order. */
export function classesLike(names: readonly string[], text: string): string[] {
  const words = wordsOf(text);
  const begin = names.filter((name) => {
    const own = wordsOf(name);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
  const found = new Set(begin);
  return [...begin, ...names.filter((name) => !found.has(name) && words.every((word) => plain(name).includes(word)))];
}

/** Null: every prompt is a class by its whole name, as the pack's tokenizer reads it; else the first one that is none. */
export function strangerAmong(names: readonly string[], prompts: readonly string[]): string | null {
  const known = new Set(names.map(plain));
  return prompts.find((prompt) => plain(prompt) !== '' && !known.has(plain(prompt)))?.trim() ?? null;
}

const plain = (text: string): string => text.trim().toLowerCase();
const wordsOf = (text: string): string[] =>
  plain(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
