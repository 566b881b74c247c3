/**
 * Text from outside on its way to a terminal: names of files, words in pictures, licences of packs. A terminal obeys some
 * characters instead of showing them, so those are shown as signs.
 */

/** Keeps line breaks and tabs. */
export function visible(text: string): string {
  return text.replaceAll(obeyed, sign);
}

/** Of what must stay in its line, such as the name of a file. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll(/[\n\t]/g, sign);
}

/** JSON that says the same and commands no terminal it happens to be printed on: what would be obeyed stands in it as an escape. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(obeyed, escape);
}

/**
 * Control characters of both ranges, and what changes the direction of writing: with that, a name can be shown as another one.
 */
const obeyed = /(?![\n\t])[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/** Such characters stand inside of JSON's texts alone. */
function escape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}

function sign(character: string): string {
  const code = character.codePointAt(0)!;
  // The block “Control Pictures” has one for each of the first 32.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
