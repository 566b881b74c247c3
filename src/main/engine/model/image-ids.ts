/** Between the codes of an image and the language model's vocabulary: the only place that knows how a pack numbers them. */
import type { PackManifest } from '../../../shared/packs/pack.js';

type Numbering = Pick<PackManifest, 'tokens' | 'languageModel'>;

/** The id the model reads for `code` at token `index`, 0 = finest. */
export function imageTokenId({ tokens, languageModel }: Numbering, index: number, code: number): number {
  const { imageTokenOffset, imageTokenIds } = languageModel!;
  const table = imageTokenIds === 'by-position' ? index * tokens.codebookSize : 0;
  return imageTokenOffset + table + code;
}

/** Of one position's logits [vocabulary] those of the codes, [codebookSize]; no copy. */
export function codeLogits({ tokens, languageModel }: Numbering, logits: Float32Array): Float32Array {
  const { imageTokenOffset } = languageModel!;
  return logits.subarray(imageTokenOffset, imageTokenOffset + tokens.codebookSize);
}
