/** The analyses of the papers as this window runs them: one at a time, shown while they arrive, kept until the next. */
import type { ImageSource, AnalysisRequest } from '../../../shared/jobs/jobs.js';
import type { SerialisedError } from '../../../shared/errors.js';
import type { JobEvent } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { InfluenceMap } from '../../../shared/tokens/influence.js';
import type { EntropyMeasure } from '../../../shared/charts/analysis-charts.js';
import {
  usualStrides,
  type EntropyCurve,
  type SeedPicture,
  type SpectrumCurve,
  type AnalysisName,
} from '../../../shared/tokens/analyses.js';
import { jobs as windowJobs } from '../jobs/jobs.svelte.js';
import { BackgroundRun } from '../jobs/background-run.js';
import type { JobRunner } from '../jobs/finish-job.js';

export type AnalysisStatus =
  | { kind: 'idle' }
  | { kind: 'running'; analysis: AnalysisName; done: number; total: number }
  | { kind: 'stopped'; analysis: AnalysisName }
  | { kind: 'failed'; analysis: AnalysisName; error: SerialisedError };

/** What the pictures of the entropy analysis are. */
export type EntropySubject = 'selected' | 'board' | 'samples';

export interface EntropyFindings {
  pictures: number;
  curves: EntropyCurve[];
  codebookSize: number;
}

export interface SpectrumFindings {
  name: string;
  decoded: { curve: SpectrumCurve; image: RasterImage }[];
}

export interface SeedFindings {
  name: string;
  pictures: SeedPicture[];
  /** Known when all seeds are decoded. */
  spread: InfluenceMap | null;
  meanSpread: number;
  agreement: number | null;
}

/** A frame as an analysis reads it. */
export interface AnalysedFrame {
  name: string;
  source: ImageSource;
}

export class AnalysesState {
  analysis = $state<AnalysisName>('entropy');
  measure = $state<EntropyMeasure>('entropy');
  subject = $state<EntropySubject>('samples');
  samples = $state(16);
  seed = $state(7);
  seedCount = $state(4);
  /** The frame spectrum and seeds are about. */
  frameId = $state<string | null>(null);
  status = $state.raw<AnalysisStatus>({ kind: 'idle' });
  entropy = $state.raw<EntropyFindings | null>(null);
  spectrum = $state.raw<SpectrumFindings | null>(null);
  seeds = $state.raw<SeedFindings | null>(null);

  readonly #run: BackgroundRun;

  constructor(jobs: JobRunner = windowJobs) {
    this.#run = new BackgroundRun(jobs);
  }

  get running(): boolean {
    return this.status.kind === 'running';
  }

  /** `frames` are read; with none, the model writes `samples` pictures and reads those. */
  async runEntropy(frames: readonly AnalysedFrame[], codebookSize: number): Promise<void> {
    const request: AnalysisRequest = {
      kind: 'entropy',
      sources: frames.map(({ source }) => source),
      strides: [...usualStrides],
      ...(frames.length === 0 && { samples: { count: this.samples, seed: this.seed, prompt: '' } }),
    };
    this.entropy = null;
    await this.#do(request, (event) => {
      if (event.type !== 'entropy') return;
      this.entropy = { pictures: event.pictures, curves: event.curves, codebookSize };
    });
  }

  async runSpectrum({ name, source }: AnalysedFrame, steps: number): Promise<void> {
    this.spectrum = null;
    await this.#do({ kind: 'spectrum', source, seed: this.seed, steps }, (event) => {
      if (event.type !== 'spectrum') return;
      this.spectrum = {
        name,
        decoded: [...(this.spectrum?.decoded ?? []), { curve: event.curve, image: event.image }],
      };
    });
  }

  async runSeeds({ name, source }: AnalysedFrame, steps: number): Promise<void> {
    this.seeds = null;
    const empty: SeedFindings = { name, pictures: [], spread: null, meanSpread: 0, agreement: null };
    await this.#do({ kind: 'seeds', source, count: this.seedCount, seed: this.seed, steps }, (event) => {
      const before = this.seeds ?? empty;
      if (event.type === 'seed-picture') this.seeds = { ...before, pictures: [...before.pictures, event.picture] };
      if (event.type === 'done' && event.result.kind === 'seeds') {
        const { spread, meanSpread, agreement } = event.result;
        this.seeds = { ...before, spread, meanSpread, agreement };
      }
    });
  }

  /** What has arrived stays. */
  stop(): void {
    this.#run.stop();
  }

  async #do(request: AnalysisRequest, onEvent: (event: JobEvent) => void): Promise<void> {
    const analysis = request.kind;
    this.status = { kind: 'running', analysis, done: 0, total: 0 };
    const end = await this.#run.start(async (job) => {
      await job(request, (event) => {
        onEvent(event);
        if (event.type === 'progress')
          this.status = { kind: 'running', analysis, done: event.done, total: event.total };
      });
    });
    if (end !== null) this.status = end.kind === 'done' ? { kind: 'idle' } : { ...end, analysis };
  }
}

export const analyses = new AnalysesState();
