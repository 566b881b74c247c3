/** What a job ends with. */
import type { StudyResult } from './analyses.js';
import type { TokenCertainty } from './document.js';
import type { StoredImage } from './images.js';
import type { PackViewResult } from './pack-comparison.js';
import type { EditCheck } from './pictures/edit-check.js';
import type { TokenRange } from './tokens.js';

export interface GeneratedImage extends StoredImage {
  seed: number;
  codes: number[];
  /** Empty where the tokens were read from a composed picture. */
  certainty: TokenCertainty[];
  /** The description it was drawn from; absent where it was drawn straight from the words. */
  plan?: string;
  /** Compared with the request's `base`. */
  check?: EditCheck;
}

export type JobResult =
  | { kind: 'generate' | 'edit'; pack: string; images: GeneratedImage[] }
  | { kind: 'describe' | 'ask'; text: string }
  | { kind: 'encode'; pack: string; codes: number[] }
  | { kind: 'decode'; image: StoredImage }
  | { kind: 'timeline' | 'captions'; positions: number }
  /** In the order the groups were asked for. */
  | { kind: 'ablate'; groups: (TokenRange & { total: number })[] }
  | { kind: 'film'; counts: number[] }
  | PackViewResult
  | StudyResult;
