/** JSON from files that may have come from anywhere. */

/** Keys that mean something to JavaScript itself: no format of the studio has them. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
/** Deeper than any format of the studio; shallow enough for whoever walks through it by recursion. */
export const deepestJson = 64;

/** What `text` says. Throws SyntaxError also for a key that JavaScript has a meaning for, and for more than `deepestJson` levels. */
export function parseJson(text: string): unknown {
  return checkedJson(JSON.parse(text));
}

/** The value, which came from elsewhere. Throws SyntaxError as `parseJson` does. */
export function checkedJson(value: unknown): unknown {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > deepestJson) throw new SyntaxError(`It is nested more than ${deepestJson} levels deep.`);
    const depth = next.depth + 1;
    if (Array.isArray(next.value)) {
      for (const inner of next.value as unknown[]) if (typeof inner === 'object') waiting.push({ value: inner, depth });
      continue;
    }
    for (const [key, inner] of Object.entries(next.value)) {
      if (forbiddenKeys.has(key)) throw new SyntaxError(`It has the key “${key}”, which nothing may be called.`);
      waiting.push({ value: inner, depth });
    }
  }
  return value;
}
