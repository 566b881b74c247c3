/** How many tokens a pack's language model reads a text as, for the meter beside the prompt: before anything is queued. */
import { TextTokenizer } from '../engine/model/text-tokenizer.js';
import { readTokenizer } from '../engine/pack/pack.js';
import type { PackSummary } from '../../shared/packs/pack.js';

export class TokenCounts {
  /** Of the pack asked about last; a tokenizer is a few megabytes. */
  #last: { id: string; tokenizer: Promise<TextTokenizer> } | null = null;

  /** Null without a pack that reads text. Throws `pack-damaged`. */
  async count(pack: PackSummary | null, text: string): Promise<number | null> {
    if (pack === null || pack.manifest.languageModel === undefined) return null;
    if (this.#last?.id !== pack.id) {
      const tokenizer = readTokenizer(pack).then((json) => new TextTokenizer(json));
      this.#last = { id: pack.id, tokenizer };
      tokenizer.catch(() => (this.#last = null));
    }
    return (await this.#last.tokenizer).encode(text).length;
  }
}
