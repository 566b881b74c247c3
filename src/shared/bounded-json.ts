/** JSON from outside: how long and how deep it is, is known before anything is made of it. */
export interface JsonBounds {
  /** UTF-16 units. */
  characters: number;
  /** Objects and lists inside each other. */
  depth: number;
}

/** Throws an Error whose message ends the sentence "it cannot be read: …". */
export function parseBoundedJson(text: string, { characters, depth }: JsonBounds): unknown {
  if (text.length > characters) throw new Error('it is too long');
  if (isDeeper(text, depth)) throw new Error(`it is nested more than ${depth} deep`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

/** One pass over the text. What is no JSON may come out either way: parsing tells. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (isQuoted) {
      if (letter === code.backslash) at++;
      else if (letter === code.quote) isQuoted = false;
    } else if (letter === code.quote) isQuoted = true;
    else if (letter === code.openBracket || letter === code.openBrace) {
      if (++depth > most) return true;
    } else if (letter === code.closeBracket || letter === code.closeBrace) depth--;
  }
  return false;
}

const code = { quote: 0x22, backslash: 0x5c, openBracket: 0x5b, closeBracket: 0x5d, openBrace: 0x7b, closeBrace: 0x7d };
