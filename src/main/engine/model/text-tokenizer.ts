/** Text to vocabulary ids and back; case and spaces are the business of the pack's tokenizer.json. */
import { Tokenizer } from '@huggingface/tokenizers';
import { StudioError } from '../../../shared/errors.js';
import { parseTokenizerJson } from '../pack/tokenizer-check.js';

export class TextTokenizer {
  private readonly tokenizer: Tokenizer;

  /** `json`: the text of a Hugging Face tokenizer.json. Throws `pack-damaged` when it is none. */
  constructor(json: string) {
    try {
      this.tokenizer = new Tokenizer(parseTokenizerJson(json) as object, {});
    } catch (error) {
      throw new StudioError(
        'pack-damaged',
        'The model pack cannot be used: its tokenizer is not a Hugging Face tokenizer.json.',
        'Copy or download the pack again, or choose another one.',
        { detail: error instanceof Error ? error.message : String(error) },
      );
    }
  }

  /** Ids of any text, without special tokens around it. */
  encode(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    return this.tokenizer.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }).trim();
  }

  /** Every id that stands for text: the vocabulary without added special tokens. */
  textIds(): number[] {
    const added = this.tokenizer.get_added_tokens_decoder();
    const special = new Set([...added].filter(([, token]) => token.special).map(([id]) => id));
    return [...this.tokenizer.get_vocab(true).values()].filter((id) => !special.has(id));
  }

  /** Ids of what a person typed. Throws `prompt-empty` or `prompt-too-long`, the latter with both counts. */
  encodePrompt(text: string, maxTokens: number, what: 'prompt' | 'instruction' | 'question' | 'plan'): number[] {
    const ids = text.trim() === '' ? [] : this.encode(text);
    if (ids.length === 0) {
      throw new StudioError('prompt-empty', `The ${what} is empty.`, `Type a ${what} and run it again.`);
    }
    if (ids.length > maxTokens) {
      throw new StudioError(
        'prompt-too-long',
        `The ${what} is ${ids.length} tokens long; this pack reads at most ${maxTokens}.`,
        `Shorten the ${what} by about ${Math.ceil((1 - maxTokens / ids.length) * 100)} %.`,
      );
    }
    return ids;
  }
}
