/**
 * Nodes that make texts, of ComfyUI itself (`comfy_extras/nodes_string.py`, `nodes_primitive.py`) and of the collections most in
 * use. Only those whose result follows from the file for certain are listed.
 */
import { unknown, type Told } from '../foreign-recipe.js';
import type { GraphNode } from './graph.js';
import type { NodeReading, Rule } from './reading.js';

/** Classes that hand one of their inputs on. */
const holders = new Map([
  ['PrimitiveString', 'value'],
  ['PrimitiveStringMultiline', 'value'],
  ['PrimitiveNode', 'value'],
  ['PreviewAny', 'source'],
  ['String Literal', 'string'],
  ['StringConstant', 'string'],
  ['CR Text', 'text'],
  ['CR Prompt Text', 'prompt'],
  ['easy string', 'value'],
  ['easy positive', 'positive'],
  ['easy negative', 'negative'],
  ['ttN text', 'text'],
  ['ShowText|pysssss', 'text'],
  ['ImpactWildcardProcessor', 'populated_text'],
]);

const rules: Record<string, Rule> = {
  StringConcatenate: (node) => joined(node, ['string_a', 'string_b'], optional(node, 'delimiter')),
  JoinStrings: (node) => joined(node, ['string1', 'string2'], optional(node, 'delimiter')),
  'CR Text Concatenate': (node) => joined(node, ['text1', 'text2'], optional(node, 'separator')),
  'Text Concatenate': joinedOfWas,
  'Text Multiline': multilineOfWas,
  StringTrim: (node) => changed(node, (text) => trimmed(text, node.plain('mode'))),
  CaseConverter: (node) => changed(node, (text) => inCase(text, node.plain('mode'))),
  StringReplace: replaced,
  StringSubstring: (node) => changed(node, (text) => part(text, node.plain('start'), node.plain('end'))),
};

export function textRule(kind: string, node: GraphNode): Rule | null {
  if (Object.hasOwn(rules, kind)) return rules[kind]!;
  const held = holders.get(kind) ?? onlyText(kind, node);
  return held === null ? null : ({ text }) => text(held);
}

/** A class that is not listed, named after what it holds, with one text and nothing else: it can only hold that text. */
function onlyText(kind: string, node: GraphNode): string | null {
  const [first, ...others] = [...node.inputs];
  if (first === undefined || others.length > 0 || !('value' in first[1]) || typeof first[1].value !== 'string')
    return null;
  const isHolder =
    /^(?:simple ?|cr |multiline ?|positive |prompt ?|text ?|string ?)+(?:box|literal|constant|input|multiline|value|node)?$/i;
  return isHolder.test(kind) && /^(?:text|string|value|prompt)$/i.test(first[0]) ? first[0] : null;
}

function joined(node: NodeReading, names: readonly string[], delimiter: Told): Told {
  const parts = names.map((name) => node.text(name));
  const lost = [...parts, delimiter].find((one) => 'unknown' in one);
  if (lost !== undefined) return lost;
  return { text: parts.map(textIn).join(textIn(delimiter)) };
}

/** WAS Node Suite: empty texts are left out, and "\n" may be written as two characters. */
function joinedOfWas(node: NodeReading): Told {
  const delimiter = optional(node, 'delimiter');
  const clean = node.plain('clean_whitespace');
  const parts = node.names.filter((name) => /^text_[a-z]$/.test(name)).sort().map((name) => node.text(name)); // prettier-ignore
  const lost = [...parts, delimiter].find((one) => 'unknown' in one);
  if (lost !== undefined) return lost;
  const texts = parts.map(textIn).map((text) => (clean === 'true' || clean === true ? text.trim() : text));
  const between = textIn(delimiter) === String.raw`\n` ? '\n' : textIn(delimiter);
  return { text: texts.filter((text) => text !== '').join(between) };
}

/** WAS Node Suite: lines that begin with # are comments, and what stands in square brackets may be a token such as [time]. */
function multilineOfWas(node: NodeReading): Told {
  const told = node.text('text');
  if ('unknown' in told) return told;
  const lines = told.text.split(/\r\n|\n|\r/).filter((line) => !line.trim().startsWith('#'));
  const text = lines.join('\n');
  return /\[[^[\]]*\]/.test(text)
    ? unknown('a “Text Multiline” node may have put something else for its brackets')
    : { text };
}

function replaced(node: NodeReading): Told {
  const [find, replace] = [node.text('find'), node.text('replace')];
  if ('unknown' in find) return find;
  if ('unknown' in replace) return replace;
  return changed(node, (text) => text.replaceAll(find.text, () => replace.text));
}

function changed(node: NodeReading, change: (text: string) => string | null): Told {
  const told = node.text('string');
  if ('unknown' in told) return told;
  const text = change(told.text);
  return text === null ? unknown(`what a “${node.kind}” node made of a text cannot be told`) : { text };
}

function trimmed(text: string, mode: unknown): string | null {
  if (mode === 'Both') return text.trim();
  if (mode === 'Left') return text.trimStart();
  return mode === 'Right' ? text.trimEnd() : null;
}

function inCase(text: string, mode: unknown): string | null {
  if (mode === 'UPPERCASE') return text.toUpperCase();
  return mode === 'lowercase' ? text.toLowerCase() : null;
}

/** Python counts code points. */
function part(text: string, start: unknown, end: unknown): string | null {
  const isPlace = (value: unknown): value is number => Number.isSafeInteger(value);
  return isPlace(start) && isPlace(end) ? [...text].slice(start, end).join('') : null;
}

function optional(node: NodeReading, name: string): Told {
  return node.has(name) ? node.text(name) : { text: '' };
}

function textIn(told: Told): string {
  return 'text' in told ? told.text : '';
}
