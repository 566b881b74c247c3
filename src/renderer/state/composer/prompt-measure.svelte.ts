/** How long a text is in the tokens of the pack in use. Asked of the main side while the person writes, one question at a time. */
import { untrack } from 'svelte';
import { textLimits } from '../../../shared/limits.js';
import { studio } from '../studio/studio.svelte.js';

interface Measure {
  count: number;
  most: number;
}

const kept = 64;

class PromptMeasure {
  /** By pack and text, the newest last. */
  #counts = $state.raw<ReadonlyMap<string, number>>(new Map());
  #wanted: { key: string; text: string } | null = null;
  #isAsking = false;

  /** Null while it is not known, and for texts too long for any pack. */
  of(text: string): Measure | null {
    const { pack } = studio;
    const most = pack?.manifest.languageModel?.maxPromptTokens;
    if (pack === null || most === undefined || text === '' || text.length > textLimits.prompt) return null;
    const key = `${pack.id}\n${text}`;
    const count = this.#counts.get(key);
    if (count !== undefined) return { count, most };
    untrack(() => void this.#ask({ key, text }));
    return null;
  }

  /** The newest text waits while one is under way; those between are not asked. */
  async #ask(wanted: { key: string; text: string }): Promise<void> {
    this.#wanted = wanted;
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (let next = this.#takeWanted(); next !== null; next = this.#takeWanted()) {
      const { key, text } = next;
      // A meter that cannot be read shows nothing; the engine checks again when it runs.
      const count = await studio.api.countTokens({ text }).then(({ count }) => count, () => null); // prettier-ignore
      if (count !== null) this.#counts = new Map([...[...this.#counts].slice(1 - kept), [key, count]]);
    }
    this.#isAsking = false;
  }

  #takeWanted(): { key: string; text: string } | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }
}

const measure = new PromptMeasure();

export interface TextLength {
  characters: number;
  /** Null while it is not known. */
  tokens: Measure | null;
  /** Past one of both limits, as far as they are known. */
  isTooLong: boolean;
}

/** Of a text that would be sent. The one place where “too long” is decided before it is. */
export function lengthOf(text: string): TextLength {
  const tokens = measure.of(text);
  const isTooLong = text.length > textLimits.prompt || (tokens !== null && tokens.count > tokens.most);
  return { characters: text.length, tokens, isTooLong };
}
