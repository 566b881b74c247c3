/** JSON of other programs: untrusted, sometimes with NaN in it, and with whole numbers that a double would round. */
import { parseJson as parseBounded } from '../../../shared/json.js';

/** Graphs of other programs are a few levels deep; the readers of the files have bounded the bytes. */
const bounds = { characters: 16 * 1024 * 1024, depth: 200, keys: 'any' } as const;

export type Json = Record<string, unknown>;

/** Null where it is no JSON object. Whole numbers of 16 digits and more come as strings of their digits. */
export function parseObject(json: string): Json | null {
  return asObject(parseJson(json));
}

export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Whether a text is a JSON object or list as a whole. */
export function isJson(text: string): boolean {
  return typeof (parseJson(text) ?? undefined) === 'object';
}

/** Whether a text wants to be JSON, whole or damaged: then it is nobody's prompt. */
export function looksLikeJson(text: string): boolean {
  if (/^\s*(?:\{\s*"|\[\s*[[{"])/.test(text)) return true;
  return (text.match(/"[\w .-]{1,60}"\s{0,4}:/g) ?? []).length >= 2;
}

function parseJson(json: string): unknown {
  try {
    return parseBounded(withExactNumbers(json), bounds);
  } catch {
    return undefined;
  }
}

/** Outside strings: whole numbers a double cannot hold become strings, and what Python writes for no number becomes null. */
function withExactNumbers(json: string): string {
  if (!/\d{16}|NaN|Infinity/.test(json)) return json;
  const parts: string[] = [];
  let done = 0;
  for (let at = 0; at < json.length;) {
    if (json[at] === '"') {
      at = endOfString(json, at);
      continue;
    }
    literal.lastIndex = at;
    const found = literal.exec(json)?.[0];
    if (found === undefined) {
      at++;
      continue;
    }
    const replaced = /^-?\d/.test(found) ? (/^-?\d{16,}$/.test(found) ? `"${found}"` : found) : 'null';
    parts.push(json.slice(done, at), replaced);
    at += found.length;
    done = at;
  }
  return parts.join('') + json.slice(done);
}

const literal = /-?\d[\d.eE+-]*|NaN|-?Infinity/y;

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
  return json.length;
}
