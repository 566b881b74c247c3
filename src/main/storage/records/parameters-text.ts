/**
 * The text that AUTOMATIC1111's web UI and many programs after it keep under `parameters`: the prompt, a line
 * "Negative prompt: …", a line of "Name: value" pairs that begins with the steps, and sometimes lines after it. A value that
 * holds a comma or a colon is a JSON string, some are JSON objects.
 */
import { wordsOf, type PictureRecord } from '../../../shared/document/image-metadata.js';
import { settingNames, settingTable, type GenerationSettings } from '../../../shared/jobs/settings.js';
import { foreignMetadata, unknown, type ForeignMetadata, type Told } from './foreign-recipe.js';
import { parseJson } from '../../../shared/json.js';
import { looksLikeJson } from './json.js';

const negativePrefix = 'Negative prompt:';
const ownProgram = 'DDT Studio';
/** Fewer pairs than this are more likely a line of the prompt (as that program has it too). */
const fewestPairs = 3;
/** Characters of a prompt in which damage is looked for: more than are ever taken of it. */
const looked = 20_000;
/** A line of pairs without one of these is a line of the prompt; one that begins with one of them begins with its settings. */
const tellingNames = new Set([
  'Steps',
  'Sampler',
  'CFG scale',
  'Seed',
  'Size',
  'Model',
  'Model hash',
  'Version',
  'Schedule type',
]);

/** The settings begin with it nearly everywhere. */
const stepsPair = /(?<!\w)Steps: ?\d+\s*(?:,|$)/;

/** Null for a picture nobody described in words. */
export function formatParameters(record: PictureRecord, size: { width: number; height: number }): string | null {
  const { prompt, instructions } = wordsOf(record);
  if (prompt === null && instructions.length === 0) return null;
  const { origin } = record.picture;
  const known: [string, string | number][] = [];
  if (origin.kind === 'generated' || origin.kind === 'edited') {
    const { steps, textGuidance, ...others } = origin.settings;
    known.push(['Steps', steps], ['Sampler', 'Euler'], ['CFG scale', textGuidance], ['Seed', origin.seed]);
    for (const name of settingNames) {
      const value = (others as Partial<GenerationSettings>)[name];
      if (value !== undefined) known.push([settingTable[name].label, value]);
    }
    if (origin.plan !== undefined) known.push(['Plan', origin.plan]);
  } else if (origin.kind === 'decoded') {
    known.push(['Steps', origin.steps], ['Sampler', 'Euler'], ['Seed', origin.seed]);
  }
  known.push(['Size', `${size.width}x${size.height}`]);
  if ('pack' in origin) known.push(['Model', origin.pack]);
  known.push(['Version', ownProgram]);
  const lines = [...(prompt === null ? [] : [prompt]), ...instructions.map((instruction) => `Edit: ${instruction}`)];
  return [...lines, known.map(([name, value]) => `${name}: ${quoted(String(value))}`).join(', ')].join('\n');
}

/** Whether a text has the line of settings or the negative prompt that tells it from any other. */
export function hasSettings(text: string): boolean {
  const lines = linesOf(text);
  return settingsIn(lines) !== null || lines.some((line) => line.startsWith(negativePrefix));
}

/** Null when it is empty. */
export function readParametersText(parameters: string): ForeignMetadata | null {
  const lines = linesOf(parameters);
  if (lines.length === 1 && lines[0] === '') return null;
  const settings = settingsIn(lines);
  const values = settings?.values ?? new Map<string, string>();
  const { words, negative } = wordsIn(lines, settings, values.get('Version') === ownProgram);
  const seed = values.get('Seed');
  return foreignMetadata({
    source: /^Foo+cus/i.test(values.get('Version') ?? '') ? 'fooocus' : 'automatic1111',
    words,
    negative,
    // −1 stands for "any".
    seed: seed === '-1' ? undefined : seed,
    model: values.get('Model'),
    facts: { Steps: values.get('Steps'), 'CFG scale': values.get('CFG scale'), Sampler: values.get('Sampler') },
  });
}

function linesOf(text: string): string[] {
  return text.trim().split(/\r\n|\n|\r/);
}

interface Settings {
  /** The line they stand in. */
  at: number;
  values: Map<string, string>;
  /** Words stand before them in the same line: a program joined lines, or the end of one was lost. */
  isJoined: boolean;
}

/** The last line of settings, whatever follows it; null without one. */
function settingsIn(lines: readonly string[]): Settings | null {
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]!.trim();
    const found = settingsOf(line, at === lines.length - 1);
    if (found !== null) return { at, ...found };
  }
  return null;
}

/** A line that says little, without the steps at its beginning, is one of settings only as the last. */
function settingsOf(line: string, isLast: boolean): Omit<Settings, 'at'> | null {
  const steps = stepsPair.exec(line);
  const name = /^([\w ()/-]+):/.exec(line)?.[1]!.trim() ?? '';
  if (tellingNames.has(name)) {
    const values = pairsOf(line);
    const isSure = isLast || steps?.index === 0;
    return isEnough(values, isSure ? 1 : fewestPairs) ? { values, isJoined: false } : null;
  }
  if (steps === null && (!isLast || line.startsWith(negativePrefix))) return null;
  const values = pairsOf(line.slice(steps?.index ?? 0));
  return isEnough(values, 1) ? { values, isJoined: true } : null;
}

function isEnough(values: ReadonlyMap<string, string>, telling: number): boolean {
  return values.size >= fewestPairs && [...values.keys()].filter((name) => tellingNames.has(name)).length >= telling;
}

function wordsIn(
  lines: readonly string[],
  settings: Settings | null,
  isOurs: boolean,
): { words: Told; negative: Told } {
  const positive: string[] = [];
  const negative: string[] = [];
  let into = positive;
  const end = settings === null ? lines.length : settings.at + (settings.isJoined ? 1 : 0);
  for (const line of lines.slice(0, end)) {
    const isNegative = line.trim().startsWith(negativePrefix);
    if (isNegative) into = negative;
    into.push(isNegative ? line.trim().slice(negativePrefix.length) : line);
  }
  const joined = settings?.isJoined === true ? unknown('it stands in one line with the settings') : null;
  return {
    words: (into === positive ? joined : null) ?? certain(positive.join('\n').trim(), isOurs),
    negative: (into === negative ? joined : null) ?? {
      text: negative
        .map((line) => line.trim())
        .join('\n')
        .trim(),
    },
  };
}

function certain(text: string, isOurs: boolean): Told {
  if (looksLikeJson(text)) return unknown('it is in a form that is not known here');
  // Damaged, typed by hand or joined to one line: where the prompt ends nobody can say.
  if (holdsNearly(text.slice(0, looked).toLowerCase(), negativePrefix.toLowerCase(), 3)) {
    return unknown('it holds something like “Negative prompt:” in its midst');
  }
  if (isOurs && /^Edit: /m.test(text)) return unknown('it was edited, and which words are its own its record said');
  return { text };
}

/** Whether `part` occurs in `text` with at most `most` letters changed, added or left out (Sellers’ algorithm). */
function holdsNearly(text: string, part: string, most: number): boolean {
  let column = Uint8Array.from({ length: part.length + 1 }, (_, at) => at);
  for (const letter of text) {
    const next = new Uint8Array(part.length + 1);
    for (let at = 1; at <= part.length; at++) {
      const replaced = column[at - 1]! + (part[at - 1] === letter ? 0 : 1);
      next[at] = Math.min(replaced, column[at]! + 1, next[at - 1]! + 1);
    }
    if (next[part.length]! <= most) return true;
    column = next;
  }
  return false;
}

/** In one pass, so that no line can make it slow: pieces end at commas outside quotes and JSON, names at their first colon. */
function pairsOf(line: string): Map<string, string> {
  const values = new Map<string, string>();
  let start = 0;
  let isQuoted = false;
  let depth = 0;
  for (let at = 0; at <= line.length; at++) {
    const letter = line[at];
    if (isQuoted && letter === '\\') at++;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === '{' && (depth > 0 || opensJson(line, at))) depth++;
    else if (letter === '}' && depth > 0 && !isQuoted) depth--;
    if (at >= line.length || (letter === ',' && !isQuoted && depth === 0)) {
      const piece = line.slice(start, at);
      const colon = piece.indexOf(':');
      const name = piece.slice(0, Math.max(0, colon)).trim();
      if (/^\w[\w ()/-]*$/.test(name)) values.set(name, unquoted(piece.slice(colon + 1).trim()));
      start = at + 1;
    }
  }
  return values;
}

function opensJson(line: string, at: number): boolean {
  return /:\s{0,4}$/.test(line.slice(Math.max(0, at - 5), at)) && /^\{\s{0,4}["}]/.test(line.slice(at, at + 6));
}

function quoted(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed = parseJson(value, { characters: value.length, depth: 1 });
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}
