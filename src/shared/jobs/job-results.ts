/** What each kind of job ends with, described once for both sides: a window gets ids of kept pictures, the engine's process has pixels. */
import type { AnalysisResult } from '../tokens/analyses.js';
import type { TokenCertainty } from '../document/document.js';
import type { StoredImage } from '../pictures/images.js';
import type { EngineKind, JobKind } from './jobs.js';
import type { PackComparisonResult } from '../packs/pack-comparison.js';
import type { EditCheck } from '../pictures/edit-check.js';
import type { TokenRange } from '../tokens/tokens.js';

export interface GeneratedFacts {
  seed: number;
  codes: number[];
  /** Empty where the tokens were read from a composed picture. */
  certainty: TokenCertainty[];
  /** The description it was drawn from; absent where it was drawn straight from the words. */
  plan?: string;
  /** Compared with the request's `base`. */
  check?: EditCheck;
}

export type GeneratedImage = StoredImage & GeneratedFacts;

/** `Generated` and `Picture`: a picture as the side has it. `TokensOf`: by what it tells whose tokens they are. */
interface Results<Generated, Picture, TokensOf> {
  generate: TokensOf & { images: Generated[] };
  edit: TokensOf & { images: Generated[] };
  describe: { text: string };
  ask: { text: string };
  encode: TokensOf & { codes: number[] };
  decode: { image: Picture };
  timeline: { positions: number };
  captions: { positions: number };
  /** In the order the groups were asked for. */
  ablate: { groups: (TokenRange & { total: number })[] };
  film: { counts: number[] };
  entropy: Extract<AnalysisResult, { kind: 'entropy' }>;
  spectrum: Extract<AnalysisResult, { kind: 'spectrum' }>;
  seeds: Extract<AnalysisResult, { kind: 'seeds' }>;
  'pack-comparison': PackComparisonResult;
}

/** Of every kind in the table of jobs: one that has no result there does not compile. */
type ResultsOf<Kinds extends JobKind, Generated, Picture, TokensOf> = {
  [Kind in Kinds]: { kind: Kind } & Results<Generated, Picture, TokensOf>[Kind];
}[Kinds];

export type JobResult = ResultsOf<JobKind, GeneratedImage, StoredImage, { pack: string }>;
export type EngineResultOf<Generated, Picture> = ResultsOf<EngineKind, Generated, Picture, unknown>;
