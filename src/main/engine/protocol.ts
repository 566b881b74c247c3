/**
 * Messages between the main side and the engine's process. The same bundle runs under utilityProcess and child_process
 * (serialization 'advanced'), so everything here survives structured clone.
 */
import type { EngineTable, JobCommon, RequestsOf } from '../../shared/jobs/jobs.js';
import type { SerialisedError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import type { EngineResultOf, GeneratedFacts } from '../../shared/jobs/job-results.js';
import type { Mask, MaskSettings } from '../../shared/pictures/mask.js';
import type { EngineDevice, PackSummary } from '../../shared/packs/pack.js';
import type { OpenGraph } from '../../shared/contract/status.js';
import type { RemoteWork } from '../../shared/contract/servers.js';
import type { RemoteOptions } from './remote/address.js';

/** Codes with their picture: neither has to be computed from the other. */
export type EngineImage = { image: RasterImage } | { codes: number[]; image?: RasterImage };

/** `mask`: painted coverage in any size of the image's shape, with radii in pixels of `image`. */
export interface EngineBase {
  image: RasterImage;
  mask?: MaskSettings & { painted: Mask };
}

export interface EngineValues extends JobCommon {
  source: EngineImage;
  base: EngineBase;
  image: RasterImage;
}

/** Described in `shared/jobs/jobs.ts`; who sends one has checked it. */
export type EngineRequest = RequestsOf<EngineTable, EngineValues>;

export type EngineGeneratedImage = GeneratedFacts & { image: RasterImage };

/** Described in `shared/jobs/job-results.ts`. */
export type EngineResult = EngineResultOf<EngineGeneratedImage, RasterImage>;

/** The result a request of this kind ends with. */
export type ResultOf<Kind extends EngineRequest['kind']> = Extract<EngineResult, { kind: Kind }>;

/** What one job cost: wall time, and the part spent inside `session.run`. For the bench. */
export interface EngineTiming {
  wallMs: number;
  sessionMs: number;
}

export interface ProviderAttempt {
  provider: string;
  ok: boolean;
  /** Why it was taken or passed over, one sentence. */
  reason: string;
}

export interface EngineReady {
  pack: PackSummary;
  provider: string;
  attempts: ProviderAttempt[];
  /** Graphics devices that can be chosen. */
  devices: EngineDevice[];
  openMs: number;
}

export type ToEngine =
  /** `verdictFile`: where hashes of large files are kept from one start to the next. */
  | {
      type: 'open';
      packDirectory: string;
      providers?: string[];
      threads?: number;
      verdictFile?: string;
      remote?: RemoteOptions;
    }
  | { type: 'run'; jobId: string; request: EngineRequest }
  | { type: 'cancel'; jobId: string };

export type FromEngine =
  | { type: 'ready'; ready: EngineReady }
  /** While a large pack is opened: how many of its bytes were read and are as they should be. */
  | { type: 'checking'; done: number; total: number }
  | { type: 'open-failed'; error: SerialisedError; attempts: ProviderAttempt[] }
  /** In the order in which they came about. */
  | { type: 'events'; jobId: string; events: EngineEvent[] }
  | { type: 'done'; jobId: string; result: EngineResult; timing: EngineTiming }
  | { type: 'failed'; jobId: string; error: SerialisedError }
  | { type: 'memory'; residentBytes: number }
  /** Those in the engine's memory. */
  | { type: 'graphs'; open: OpenGraph[] }
  /** Sent while a pack is open whose graphs run on servers. */
  | { type: 'servers'; work: RemoteWork };
