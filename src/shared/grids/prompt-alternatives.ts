/**
 * `{a|b}` in a prompt: one prompt for each choice, in every combination. Alternatives may be empty and may hold further ones.
 * Braces without a bar, and braces that do not close, are ordinary characters, so that every text is a legal prompt; a backslash
 * before `{`, `|`, `}` or a backslash makes that character ordinary.
 */

/** Choices inside choices: more than a person can follow, and less than would exhaust a stack. */
const mostNested = 20;

/** Why the braces of a prompt cannot be used; null where they can. Such a text counts as one prompt as it stands. */
export function alternativesProblem(prompt: string): string | null {
  const { deepest } = findGroups(prompt);
  return deepest <= mostNested
    ? null
    : `The choices in braces lie ${deepest} deep in each other; the most is ${mostNested}.`;
}

/** A text as a prompt that stands for this text alone: its braces, bars and backslashes are made ordinary where they are not. */
export function escapeAlternatives(text: string): string {
  const [first, second] = expandAlternatives(text, 2);
  const isPlain = second === undefined && first === text.replaceAll(/ {2,}/g, ' ').trim();
  return isPlain ? text : text.replaceAll(/[{|}\\]/g, String.raw`\$&`);
}

type Part = string | Part[][];

/** How many prompts a text stands for, found without writing them out. At least 1. */
export function countAlternatives(prompt: string): number {
  return countSequence(parse(prompt));
}

/** The prompts in the order they are written, the last alternatives changing fastest; at most `limit` of them. */
export function expandAlternatives(prompt: string, limit: number): string[] {
  return expandSequence(parse(prompt), limit).map((text) => text.replaceAll(/ {2,}/g, ' ').trim());
}

function countSequence(parts: readonly Part[]): number {
  return parts.reduce<number>(
    (product, part) =>
      typeof part === 'string' ? product : product * part.reduce((sum, choice) => sum + countSequence(choice), 0),
    1,
  );
}

function expandSequence(parts: readonly Part[], limit: number): string[] {
  return parts.reduce<string[]>(
    (texts, part) => {
      const endings =
        typeof part === 'string' ? [part] : part.flatMap((choice) => expandSequence(choice, limit)).slice(0, limit);
      return texts.flatMap((text) => endings.map((ending) => text + ending)).slice(0, limit);
    },
    [''],
  );
}

/** Braces that close and offer a choice, by where they open. */
type Groups = ReadonlyMap<number, { close: number; bars: readonly number[] }>;

function parse(text: string): Part[] {
  const { groups, deepest } = findGroups(text);
  return deepest > mostNested ? [text] : parseRange(text, 0, text.length, groups);
}

/** One pass, so that no text takes longer than its length: a brace belongs to the last one that is open. */
function findGroups(text: string): { groups: Groups; deepest: number } {
  const groups = new Map<number, { close: number; bars: number[] }>();
  const open: { start: number; bars: number[]; depth: number }[] = [];
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    if (isEscape(text, at)) at++;
    else if (text[at] === '{') open.push({ start: at, bars: [], depth: 0 });
    else if (text[at] === '|') open.at(-1)?.bars.push(at);
    else if (text[at] === '}') {
      const group = open.pop();
      if (group === undefined) continue;
      const isChoice = group.bars.length > 0;
      if (isChoice) groups.set(group.start, { close: at, bars: group.bars });
      const depth = group.depth + (isChoice ? 1 : 0);
      deepest = Math.max(deepest, depth);
      const outer = open.at(-1);
      if (outer !== undefined) outer.depth = Math.max(outer.depth, depth);
    }
  }
  return { groups, deepest };
}

function parseRange(text: string, start: number, end: number, groups: Groups): Part[] {
  const parts: Part[] = [];
  for (let at = start; at < end; at++) {
    const group = groups.get(at);
    if (group !== undefined) {
      const ends = [...group.bars, group.close];
      parts.push(ends.map((stop, index) => parseRange(text, (ends[index - 1] ?? at) + 1, stop, groups)));
      at = group.close;
    } else if (isEscape(text, at)) parts.push(text[++at]!);
    else parts.push(text[at]!);
  }
  return parts;
}

function isEscape(text: string, at: number): boolean {
  return text[at] === '\\' && /[{|}\\]/.test(text[at + 1] ?? '');
}
