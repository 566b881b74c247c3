/**
 * Messages between the main side and the engine's process. The same bundle runs under utilityProcess and child_process
 * (serialization 'advanced'), so everything here survives structured clone.
 */
import type { EditRegion, KeptTokens, PlanChoice } from '../../shared/api.js';
import type { GenerationSettings, TokenCertainty } from '../../shared/document.js';
import type { EditCheck } from '../../shared/pictures/edit-check.js';
import type { SerialisedError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/events.js';
import type { RasterImage } from '../../shared/images.js';
import type { Mask, MaskSettings } from '../../shared/pictures/mask.js';
import type { EngineDevice, PackSummary } from '../../shared/pack.js';
import type { StudyResult } from '../../shared/analyses.js';
import type { TokenRange } from '../../shared/tokens.js';

/** Codes with their picture: neither has to be computed from the other. */
export type EngineImage = { image: RasterImage } | { codes: number[]; image?: RasterImage };

/** `mask`: painted coverage in any size of the image's shape, with radii in pixels of `image`. */
export interface EngineBase {
  image: RasterImage;
  mask?: MaskSettings & { painted: Mask };
}

export type EngineRequest =
  | {
      kind: 'generate';
      prompt: string;
      seed: number;
      variations: number;
      settings: GenerationSettings;
      kept?: KeptTokens;
      base?: EngineBase;
      plan?: PlanChoice;
    }
  | {
      kind: 'edit';
      source: EngineImage;
      instruction: string;
      seed: number;
      variations: number;
      settings: GenerationSettings;
      kept?: KeptTokens;
      base?: EngineBase;
      plan?: PlanChoice;
      region?: EditRegion;
    }
  | { kind: 'describe'; source: EngineImage }
  | { kind: 'ask'; source: EngineImage; question: string }
  | { kind: 'encode'; image: RasterImage }
  | {
      kind: 'decode';
      codes: number[];
      image?: RasterImage;
      t: number;
      keepFrom: number;
      hidden?: number[];
      steps: number;
      seed: number;
      tokenGuidance: number;
    }
  /** `readAlone`: the probe reads the pane without tokens too, for studies. */
  | { kind: 'timeline'; source: EngineImage; seed: number; positions?: number[]; readAlone?: boolean }
  | { kind: 'captions'; source: EngineImage; seed: number; positions?: number[] }
  | { kind: 'ablate'; source: EngineImage; seed: number; groups?: TokenRange[]; pictures?: boolean }
  | { kind: 'film'; source: EngineImage; seed: number; counts?: number[] }
  | {
      kind: 'entropy';
      sources: EngineImage[];
      prompts?: string[];
      samples?: { count: number; seed: number; prompt: string };
      strides: number[];
    }
  | { kind: 'spectrum'; source: EngineImage; counts?: number[]; seed: number; steps: number }
  | { kind: 'seeds'; source: EngineImage; count: number; seed: number; steps: number };

export interface EngineGeneratedImage {
  image: RasterImage;
  seed: number;
  codes: number[];
  certainty: TokenCertainty[];
  /** The description it was drawn from; absent where it was drawn straight from the words. */
  plan?: string;
  check?: EditCheck;
}

export type EngineResult =
  | { kind: 'generate' | 'edit'; images: EngineGeneratedImage[] }
  | { kind: 'describe' | 'ask'; text: string }
  | { kind: 'encode'; codes: number[] }
  | { kind: 'decode'; image: RasterImage }
  | { kind: 'timeline' | 'captions'; positions: number }
  | { kind: 'ablate'; groups: (TokenRange & { total: number })[] }
  | { kind: 'film'; counts: number[] }
  | StudyResult;

/** The result a request of this kind ends with. */
export type ResultOf<Kind extends EngineRequest['kind']> = EngineResult extends infer Result
  ? Result extends { kind: infer Kinds }
    ? Kind extends Kinds
      ? Result
      : never
    : never
  : never;

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
  | { type: 'open'; packDirectory: string; providers?: string[]; threads?: number }
  | { type: 'run'; jobId: string; request: EngineRequest }
  | { type: 'cancel'; jobId: string };

export type FromEngine =
  | { type: 'ready'; ready: EngineReady }
  | { type: 'open-failed'; error: SerialisedError; attempts: ProviderAttempt[] }
  | { type: 'event'; jobId: string; event: EngineEvent }
  | { type: 'done'; jobId: string; result: EngineResult; timing: EngineTiming }
  | { type: 'failed'; jobId: string; error: SerialisedError }
  | { type: 'memory'; residentBytes: number };
