/** What a window may ask of the engine: one request for each kind of job. */
import type { FrameMask, GenerationSettings } from './document.js';
import type { ImageRegion } from './images.js';
import type { PackViewRequest } from './pack-comparison.js';
import type { TokenRange } from './tokens.js';

/**
 * An image for the model: pixels kept by the studio, or tokens that already stand for one. With both, nothing has to be read or
 * restored first: x_0 is the picture, and the tokens are what the pack reads in it, or wrote for it.
 */
export type ImageSource = { imageId: string } | { pack: string; codes: number[]; imageId?: string };

export type JobRequest =
  | {
      kind: 'generate';
      /** May be empty with `kept`: then the pack's prefix for "no text" stands before the tokens. */
      prompt: string;
      seed: number;
      variations: number;
      settings: GenerationSettings;
      kept?: KeptTokens;
      base?: EditBase;
      plan?: PlanChoice;
    }
  | {
      kind: 'edit';
      source: ImageSource;
      instruction: string;
      seed: number;
      variations: number;
      settings: GenerationSettings;
      kept?: KeptTokens;
      base?: EditBase;
      plan?: PlanChoice;
      region?: EditRegion;
    }
  | { kind: 'describe'; source: ImageSource }
  /** `region`: only this part of the picture is looked at; needs a source with `imageId`. */
  | { kind: 'ask'; source: ImageSource; question: string; region?: ImageRegion }
  | { kind: 'encode'; source: { imageId: string } }
  | DecodeRequest
  | TimelineRequest
  | CaptionsRequest
  | AblateRequest
  | FilmRequest
  | StudyRequest
  | PackViewRequest;

/**
 * The picture a change starts from. Results are checked against it; with a mask, what lies outside it is this picture's, bit for
 * bit, the result has its size, and its tokens are read from the composed picture.
 */
export interface EditBase {
  imageId: string;
  mask?: FrameMask;
}

/**
 * Instead of the description the model would write before it draws: a person's own, or none, straight from the words. Absent: the
 * model plans where its pack can.
 */
export type PlanChoice = { text: string } | 'none';

/**
 * What an edit takes from the drawn picture where no mask is painted: `changed` (also when absent), only the part that the edit
 * concerns, everything else stays the base's bit for bit; `whole`, all of it. Without a base always all of it.
 */
export type EditRegion = 'changed' | 'whole';

/**
 * Branching: one entry for each of the K tokens, index 0 = finest. A code is locked and comes back identical in every
 * variation, null is to be rewritten.
 */
export type KeptTokens = (number | null)[];

/**
 * Decode tokens by Euler sampling from `t` down to 0, with tokens `keepFrom <= i < k(t)` visible.
 * At t < 1 the start is x_t of `imageId` when given, of the full reconstruction otherwise.
 */
export interface DecodeRequest {
  kind: 'decode';
  pack: string;
  codes: number[];
  imageId?: string;
  t: number;
  keepFrom: number;
  hidden?: number[];
  steps: number;
  seed: number;
  tokenGuidance: number;
}

/**
 * The three panes at each of `positions` (values of t in [0, 1]), computed in the order given, so that a window asks for what
 * is looked at first; absent = the end of every token's span, in the engine's own order.
 */
export interface TimelineRequest {
  kind: 'timeline';
  source: ImageSource;
  seed: number;
  positions?: number[];
}

/**
 * What the language model says of the restored pane at each of `positions`, in the order given: the picture with V_1…V_k(t) is
 * read into tokens again and described. Needs a pack that describes pictures. Reported as `caption` events.
 */
export interface CaptionsRequest {
  kind: 'captions';
  source: ImageSource;
  seed: number;
  positions?: number[];
}

/**
 * What each group of tokens changes: x0Hat at t = 1 with all tokens against x0Hat without that group, same noise, one
 * evaluation each, and how much of each attribute is lost. Reported as `influence` events, coarse groups first. `groups` absent: every token by itself for K ≤ 64,
 * 64 runs of neighbours otherwise.
 */
export interface AblateRequest {
  kind: 'ablate';
  source: ImageSource;
  seed: number;
  groups?: TokenRange[];
  /** Each event brings the picture without its group, too. */
  pictures?: boolean;
}

/**
 * The build-up film: x0Hat at t = 1 with the coarsest `counts` tokens visible (absent: none, then doubling up to all), the same
 * noise in all, one evaluation each. Reported as `film-picture` events, followed by `film-caption` ones where a pack has no
 * probe but a language model that describes. Needs a pack that was trained to decode from its coarse tokens.
 */
export interface FilmRequest {
  kind: 'film';
  source: ImageSource;
  seed: number;
  counts?: number[];
}

/** One analysis of the papers; what arrives on the way is in `StudyEvent`. */
export type StudyRequest =
  /**
   * How well the language model foresees the tokens of these pictures, and of `samples` it writes itself, in each order of
   * reading (`strides`, see `strideOrder`). `prompts`: the text each picture is read after, one a source; absent = no text.
   */
  | {
      kind: 'entropy';
      sources: ImageSource[];
      prompts?: string[];
      samples?: { count: number; seed: number; prompt: string };
      strides: number[];
    }
  /** The picture decoded from ever more of its coarse tokens, `counts` of them (absent: 1, 2, 4 … K), and its fineness. */
  | { kind: 'spectrum'; source: ImageSource; counts?: number[]; seed: number; steps: number }
  /** The same tokens decoded from `count` noises, seeds from `seed` on. */
  | { kind: 'seeds'; source: ImageSource; count: number; seed: number; steps: number };
