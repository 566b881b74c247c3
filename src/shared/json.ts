/**
 * Values from outside, as JSON or already made: how long, how deep and how many they are is known before anything is made of them or
 * walks through them by recursion. No other file of `src` may call `JSON.parse`; eslint.config.js holds them to it.
 */
export interface ValueBounds {
  /** Objects and lists inside each other. */
  depth: number;
  /** Values in all, objects, lists and what lies in them; absent: as many as there are. */
  values?: number;
  /** `any`: words of a vocabulary or of another program may be keys, which their reader never copies into an object of its own. */
  keys?: 'any';
}

export interface JsonBounds extends ValueBounds {
  /** UTF-16 units. */
  characters: number;
}

/** Keys that mean something to JavaScript itself: no format of the studio has them. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
/** Whether a text may hold one of them, written plainly or in escapes. */
const mayForbid = /__proto__|constructor|prototype|\\u/;

/** Deeper than any format of the studio; shallow enough for whoever walks through it by recursion. */
export const deepestJson = 64;
/** Of a file in which the program keeps choices. */
export const settingsBounds: JsonBounds = { characters: 8 * 1024 * 1024, depth: deepestJson };

/** What `text` says. Throws a SyntaxError whose message ends the sentence "it cannot be read: …". */
export function parseJson(text: string, bounds: JsonBounds): unknown {
  if (text.length > bounds.characters) throw new SyntaxError('it is too long');
  assertText(text, bounds);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError('it is not JSON');
  }
  if (bounds.keys !== 'any' && mayForbid.test(text)) assertBounded(value, bounds);
  return value;
}

/** For values that were made elsewhere; bytes count as one. Throws what `parseJson` throws. */
export function assertBounded(value: unknown, bounds: ValueBounds): void {
  const { depth: deepest, values: most = Infinity, keys } = bounds;
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: one, depth } = next;
    if (typeof one !== 'object' || one === null || ArrayBuffer.isView(one)) continue;
    if (depth > deepest) throw tooDeep(bounds);
    const inside: unknown[] = Array.isArray(one) ? one : Object.values(one);
    // Before any of them is looked at: a list may state billions and hold none.
    seen += inside.length;
    if (seen > most) throw tooMany(most);
    if (keys !== 'any' && !Array.isArray(one)) assertKeys(one);
    for (const inner of inside) if (typeof inner === 'object') waiting.push({ value: inner, depth: depth + 1 });
  }
}

function assertKeys(value: object): void {
  const found = Object.keys(value).find((key) => forbiddenKeys.has(key));
  if (found !== undefined) throw new SyntaxError(`it has the key “${found}”, which nothing may be called`);
}

function tooDeep({ depth }: ValueBounds): SyntaxError {
  return new SyntaxError(`it is nested more than ${depth} deep`);
}

function tooMany(most: number): SyntaxError {
  return new SyntaxError(`it holds more than ${most} values`);
}

/** One pass over the text: values take tens of times the memory of the letters that say them. What is no JSON may come out either way: parsing tells. */
function assertText(text: string, bounds: ValueBounds): void {
  const { depth: deepest, values: most = Infinity } = bounds;
  let depth = 0;
  // One for each comma, and one for whatever is the first in its list or object.
  let values = 0;
  let isFirst = false;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (isQuoted) {
      if (letter === code.backslash) at++;
      else if (letter === code.quote) isQuoted = false;
      continue;
    }
    if (letter === code.closeBracket || letter === code.closeBrace) {
      depth--;
      isFirst = false;
    } else if (letter === code.comma || (isFirst && letter > code.space)) {
      if (++values > most) throw tooMany(most);
      isFirst = false;
    }
    if (letter === code.quote) isQuoted = true;
    else if (letter === code.openBracket || letter === code.openBrace) {
      if (++depth > deepest) throw tooDeep(bounds);
      isFirst = true;
    }
  }
}

const code = {
  ...{ space: 0x20, quote: 0x22, comma: 0x2c, backslash: 0x5c },
  ...{ openBracket: 0x5b, closeBracket: 0x5d, openBrace: 0x7b, closeBrace: 0x7d },
};
