/**
 * What the engine can be asked to do, each job described once. What a window may send, what passes its check and what the engine gets
 * follow from the tables here; only pictures differ: a window names them by id, the engine gets pixels.
 */
import { analysisLimits } from '../tokens/analyses.js';
import { filmLimits } from '../tokens/build-up.js';
import type { FrameMask, GenerationSettings } from '../document/document.js';
import type { ImageRegion } from '../pictures/images.js';
import { seedLimits, textLimits, tokenLimits, variationLimits } from '../limits.js';
import { packComparisonLimits } from '../packs/pack-comparison.js';
import { settingTable } from './settings.js';
import { choice, fields, flag, given, list, nullable, number, optional, text, whole, type FieldsOf } from '../shape.js';
import type { TokenRange } from '../tokens/tokens.js';

const source = given('source');
const settings = given('settings');
const base = optional(given('base'));
const plan = optional(given('plan'));
// The length of words is checked apart, because an empty or too long prompt has a code of its own (`prompts.ts`).
const words = text(Infinity);
const seed = whole(seedLimits);
const variations = whole(variationLimits);
const steps = whole(settingTable.steps.accepted);
const timestep = number({ smallest: 0, largest: 1 });
const code = whole({ smallest: 0, largest: tokenLimits.code });
const codes = list(code, tokenLimits.count);
const tokenIndex = whole({ smallest: 0, largest: tokenLimits.count });
const tokenCount = whole({ smallest: 1, largest: tokenLimits.count });
/** Values of t; absent = the end of every token's span, in the engine's own order. */
const positions = optional(list(timestep, tokenLimits.positions));
/**
 * Branching: one entry for each of the K tokens, index 0 = finest. A code is locked and comes back identical in every variation, null
 * is to be rewritten.
 */
const kept = optional(list(nullable(code), tokenLimits.count));

/** What window and engine say alike. */
export const jobTable = {
  /** `prompt` may be empty with `kept`: then the pack's prefix for "no text" stands before the tokens. */
  generate: { prompt: words, seed, variations, settings, kept, base, plan },
  /**
   * `region`: what is taken from the drawn picture where no mask is painted. `changed` (also when absent): only the part that the edit
   * concerns, everything else stays the base's bit for bit; `whole`: all of it. Without a base always all of it.
   */
  edit: {
    source,
    instruction: words,
    seed,
    variations,
    settings,
    kept,
    base,
    plan,
    region: optional(choice('changed', 'whole')),
  },
  describe: { source },
  ask: { source, question: words },
  encode: {},
  /**
   * Decode tokens by Euler sampling from `t` down to 0, with tokens `keepFrom <= i < k(t)` visible, but for `hidden`. At t < 1 the
   * start is x_t of the picture when there is one, of the full reconstruction otherwise.
   */
  decode: {
    codes,
    t: timestep,
    keepFrom: tokenIndex,
    hidden: optional(list(tokenIndex, tokenLimits.count, 0)),
    steps,
    seed,
    tokenGuidance: number(settingTable.tokenGuidance.accepted),
  },
  /** The three panes at each of `positions`, computed in the order given, so that a window asks for what is looked at first. */
  timeline: { source, seed, positions },
  /**
   * What the language model says of the restored pane at each of `positions`, in the order given: the picture with V_1…V_k(t) is read
   * into tokens again and described. Needs a pack that describes pictures. Reported as `caption` events.
   */
  captions: { source, seed, positions },
  /**
   * What each group of tokens changes: x0Hat at t = 1 with all tokens against x0Hat without that group, same noise, one evaluation
   * each, and how much of each attribute is lost. Reported as `influence` events, coarse groups first. `groups` absent: every token by
   * itself for K ≤ 96, 96 runs of neighbours otherwise. `pictures`: each event brings the picture without its group, too.
   */
  ablate: { source, seed, groups: optional(list(given('tokenRange'), tokenLimits.groups)), pictures: optional(flag) },
  /**
   * The build-up film: x0Hat at t = 1 with the coarsest `counts` tokens visible (absent: none, then doubling up to all), the same noise
   * in all, one evaluation each. Reported as `film-picture` events, followed by `film-caption` ones where a pack has no probe but a
   * language model that describes. Needs a pack that was trained to decode from its coarse tokens.
   */
  film: { source, seed, counts: optional(list(tokenIndex, filmLimits.counts)) },
  /**
   * How well the language model foresees the tokens of these pictures, and of `samples` it writes itself, in each order of reading
   * (`strides`, see `strideOrder`). `prompts`: the text each picture is read after, one a source; absent = no text.
   */
  entropy: {
    sources: list(source, analysisLimits.sources, 0),
    prompts: optional(list(text(textLimits.prompt), analysisLimits.sources, 0)),
    samples: optional(
      fields({ count: whole({ smallest: 1, largest: analysisLimits.samples }), seed, prompt: text(textLimits.prompt) }),
    ),
    strides: list(tokenIndex, analysisLimits.strides),
  },
  /** The picture decoded from ever more of its coarse tokens, `counts` of them (absent: 1, 2, 4 … K), and its fineness. */
  spectrum: { source, counts: optional(list(tokenCount, analysisLimits.counts)), seed, steps },
  /** The same tokens decoded from `count` noises, seeds from `seed` on. */
  seeds: { source, count: whole({ smallest: 2, largest: analysisLimits.seeds }), seed, steps },
} as const;

/** What only a window says. */
export const windowTable = {
  /** Only this part of the picture is looked at; needs a source with `imageId`. */
  ask: { region: optional(given('region')) },
  encode: { source: fields({ imageId: given('imageId') }) },
  decode: { pack: given('pack'), imageId: optional(given('imageId')) },
  /** Everything of one pack, in the order of `packComparisonParts`. What a pack cannot do is reported as missing; the rest is done. */
  'pack-comparison': {
    /** The pack's folder: of one that `listPacks` names or that `findPack` found. */
    directory: given('path'),
    /** Empty: nothing is drawn. */
    prompt: text(textLimits.prompt),
    /** Of the drawing and of the decoder's noise. */
    seed,
    /** Euler steps of the decoder for every picture. */
    steps,
    /** A, which is restored, and B, towards which it changes; the entropy is the mean over all. Pixels, since tokens are one pack's. */
    pictures: list(fields({ imageId: given('imageId') }), packComparisonLimits.pictures, 0),
  },
} as const;

/** What only the engine is told. `readAlone`: the probe reads the pane without tokens too, for analyses. */
export const engineTable = {
  encode: { image: given('image') },
  decode: { image: optional(given('image')) },
  timeline: { readAlone: optional(flag) },
} as const;

/**
 * An image for the model: pixels kept by the studio, or tokens that already stand for one. With both, nothing has to be read or
 * restored first: x_0 is the picture, and the tokens are what the pack reads in it, or wrote for it.
 */
export type ImageSource = { imageId: string } | { pack: string; codes: number[]; imageId?: string };

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

/** What both sides have in the same form. */
interface Common {
  settings: GenerationSettings;
  plan: PlanChoice;
  tokenRange: TokenRange;
}

export interface WindowValues extends Common {
  source: ImageSource;
  base: EditBase;
  region: ImageRegion;
  imageId: string;
  pack: string;
  path: string;
}

type FieldsIn<Table, Kind> = Kind extends keyof Table ? Table[Kind] : unknown;

/** One request of each kind: the common fields and those of one side. */
export type RequestsOf<Side, Values extends Common> = {
  [Kind in keyof typeof jobTable | keyof Side]: { kind: Kind } & FieldsOf<
    FieldsIn<typeof jobTable, Kind> & FieldsIn<Side, Kind>,
    Values
  >;
}[keyof typeof jobTable | keyof Side];

export type EngineTable = typeof engineTable;
export type JobCommon = Common;

export type JobRequest = RequestsOf<typeof windowTable, WindowValues>;
export type JobKind = JobRequest['kind'];
/** What becomes one request to the engine; the others are made of several. */
export type EngineKind = keyof typeof jobTable;
type Request<Kind extends JobKind> = Extract<JobRequest, { kind: Kind }>;

export type DecodeRequest = Request<'decode'>;
export type TimelineRequest = Request<'timeline'>;
export type CaptionsRequest = Request<'captions'>;
export type AblateRequest = Request<'ablate'>;
export type AnalysisRequest = Request<'entropy' | 'spectrum' | 'seeds'>;
export type PackComparisonRequest = Request<'pack-comparison'>;
export type EditRegion = NonNullable<Request<'edit'>['region']>;
export type KeptTokens = NonNullable<Request<'generate'>['kept']>;
