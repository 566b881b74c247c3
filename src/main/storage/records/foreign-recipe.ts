/** What another program's file says, brought into the shape of a recipe: cut where it must be, with a word for everything lost. */
import { cutText } from '../../../shared/text/cut-text.js';
import type { ImageRecipe, MetadataSource } from '../../../shared/document/image-metadata.js';
import { seedFromText, textLimits } from '../../../shared/limits.js';

export interface ForeignMetadata {
  source: Exclude<MetadataSource, 'ddt-studio'>;
  recipe: ImageRecipe | null;
  faults: string[];
}

/** What a reader found. `words`: the prompt, or why it cannot be told; the rest as it stands in the file. */
export interface Findings {
  source: ForeignMetadata['source'];
  words: Told;
  negative?: Told | null;
  seed?: unknown;
  model?: unknown;
  facts?: Record<string, unknown>;
  faults?: string[];
}

/** A text that is certain, or one sentence's reason why it is not: "it …". */
export type Told = { text: string } | { unknown: string };

export function unknown(reason: string): Told {
  return { unknown: reason };
}

/** What no prompt holds: control characters beside the ends of lines, halves of pairs, replacements, code points that are no characters. */
const damage = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffd\ufdd0-\ufdef\ufffe\uffff]/u;

export function foreignMetadata(found: Findings): ForeignMetadata {
  const faults = [...(found.faults ?? [])];
  const facts: [string, string][] = [];
  const tell = (name: string, value: unknown): void => {
    const text = plainText(value);
    if (text !== null) facts.push([name, cutText(text, textLimits.prompt)]);
  };
  if (found.negative && 'text' in found.negative) tell('Negative prompt', found.negative.text);
  if (found.negative && 'unknown' in found.negative) {
    faults.push(`Its negative prompt cannot be told: ${found.negative.unknown}.`);
  }
  for (const [name, value] of Object.entries(found.facts ?? {})) tell(name, value);
  const seed = seedOf(found.seed, faults);
  if ('unknown' in found.words) {
    faults.unshift(`Its prompt cannot be told: ${found.words.unknown}.`);
    return { source: found.source, recipe: null, faults };
  }
  const whole = found.words.text.trim();
  if (damage.test(whole)) {
    faults.unshift('Its prompt cannot be told: it is damaged, or in an encoding that cannot be told.');
    return { source: found.source, recipe: null, faults };
  }
  if (whole === '') {
    faults.unshift('It names no prompt.');
    return { source: found.source, recipe: null, faults };
  }
  const text = cutText(whole, textLimits.prompt);
  if (text !== whole) {
    faults.push(
      `Its prompt has ${whole.length} characters; the first ${text.length} are taken, ${textLimits.prompt} is the most.`,
    );
  }
  const model = plainText(found.model);
  return {
    source: found.source,
    recipe: {
      task: 'generate',
      text,
      seed,
      settings: null,
      model: model === null ? null : cutText(model, textLimits.name),
      facts,
    },
    faults,
  };
}

/** Null where there is none; where there is one that is no seed here, `faults` says so. */
function seedOf(value: unknown, faults: string[]): number | null {
  const text = plainText(value);
  if (text === null) return null;
  const seed = seedFromText(text);
  if (seed === null)
    faults.push(`Its seed ${cutText(text, 40)} cannot be used here; seeds are whole numbers from 0 to 2⁵³ − 1024.`);
  return seed;
}

function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
