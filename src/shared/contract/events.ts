import type { DocumentOperation, TokenCertainty } from '../document/document.js';
import type { AttributeShares, CaptionReading, ImageReading } from '../tokens/attributes.js';
import type { FilmCaption, FilmPicture } from '../tokens/build-up.js';
import type { SerialisedError } from '../errors.js';
import type { RasterImage } from '../pictures/images.js';
import type { InfluenceMap } from '../tokens/influence.js';
import type { JobResult } from '../jobs/job-results.js';
import type { StudioStatus } from './status.js';
import type { QueueChange } from '../jobs/queue.js';
import type { PackComparisonEvent } from '../packs/pack-comparison.js';
import type { AnalysisEvent } from '../tokens/analyses.js';
import type { TokenRange } from '../tokens/tokens.js';
import type { HistoryState } from './projects.js';
import type { GpuProgress } from './gpu-installation.js';
import type { InstallProgress } from './pack-installation.js';

/** What a job is busy with, in the order a person would name it. */
export type JobPhase =
  | 'opening-graph'
  | 'reading-image'
  | 'planning'
  | 'writing-tokens'
  | 'choosing'
  | 'writing-text'
  | 'restoring'
  | 'computing-timeline'
  | 'measuring-influence'
  | 'analysing';

/** Everything a running engine reports; `variation` runs 0…n-1. */
export type EngineEvent =
  | { type: 'progress'; phase: JobPhase; done: number; total: number }
  /** One image token written (or read); `index` 0…K-1, `certainty` only when a language model chose it. */
  | { type: 'token'; variation: number; index: number; code: number; certainty?: TokenCertainty }
  /** The whole text so far, not a difference: a lost event then loses nothing. */
  | { type: 'text'; text: string }
  /** What the model will draw, in its own words, whole so far; given plans are told too. */
  | { type: 'plan'; variation: number; text: string }
  /** The model's present guess. `knownTokens` of K are written; `step` of `steps` denoising steps are done (0 while tokens are written). */
  | { type: 'preview'; variation: number; knownTokens: number; step: number; steps: number; image: RasterImage }
  | { type: 'position'; position: TimelinePosition }
  | { type: 'caption'; caption: TimelineCaption }
  | { type: 'influence'; influence: TokenInfluence }
  | { type: 'film-picture'; picture: FilmPicture }
  | { type: 'film-caption'; caption: FilmCaption }
  | PackComparisonEvent
  | AnalysisEvent;

/** What changes in the picture without the tokens from…to (both included); `index` counts the groups as they were asked for. */
export interface TokenInfluence extends TokenRange {
  index: number;
  map: InfluenceMap;
  /** Mean of the whole map, 0…1. */
  total: number;
  /** The share of each attribute that is gone without them: 0 = nothing, 1 = as without any token. */
  losses: AttributeShares;
  /** x0Hat without them; only where it was asked for. */
  without?: RasterImage;
}

/** The three panes at one `t`, same noise in all: x_t, x0Hat without tokens, x0Hat with V_1…V_k(t). */
export interface TimelinePosition {
  index: number;
  t: number;
  visibleTokens: number;
  noised: RasterImage;
  alone: RasterImage;
  restored: RasterImage;
  /** How much of each attribute `restored` shows, and how much `alone` does; measured as docs/attributes.md says. */
  shares?: AttributeShares;
  sharesAlone?: AttributeShares;
  /** What the pack's probe reads in `restored`; absent in a pack without one. */
  reading?: ImageReading;
  /** The same of `alone`; only where an analysis asked for it. */
  readingAlone?: ImageReading;
}

/** What the language model says of `restored` at one t; `index` counts the positions as they were asked for. */
export interface TimelineCaption extends CaptionReading {
  index: number;
  t: number;
}

/** The life of one job, as a window sees it. Exactly one of done, failed, cancelled ends it. */
export type JobEvent = { jobId: string } & (
  | { type: 'queued'; ahead: number }
  | { type: 'started' }
  | (Extract<EngineEvent, { type: 'progress' }> & { elapsedMs: number; remainingMs: number | null })
  | Exclude<EngineEvent, { type: 'progress' }>
  | { type: 'done'; result: JobResult; elapsedMs: number }
  | { type: 'failed'; error: SerialisedError }
  | { type: 'cancelled' }
);

/** Everything a window is told without asking. */
export type StudioEvent =
  | { channel: 'job'; event: JobEvent }
  /** The queue of the project this window has open is another. */
  | { channel: 'queue'; change: QueueChange }
  /** A transaction, an undo or a redo was committed; every window on the project applies it. */
  | { channel: 'document'; revision: number; operations: DocumentOperation[]; history: HistoryState }
  /** Pictures, stars or the trash changed: what a window knows of the gallery is outdated. */
  | { channel: 'gallery' }
  /** Chosen in the menu of the host, by the id the window gave it; `byKey`: with keys the page had let pass. */
  | { channel: 'command'; id: string; byKey: boolean }
  /** How far the pack is that this window installs. */
  | { channel: 'pack-installation'; progress: InstallProgress }
  /** How far CUDA is that this window installs. */
  | { channel: 'gpu-installation'; progress: GpuProgress }
  /** Files or sentences wait for this window (`takeNews`). */
  | { channel: 'news' }
  | { channel: 'status'; status: StudioStatus };
