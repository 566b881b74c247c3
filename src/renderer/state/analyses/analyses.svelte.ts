/** The analyses of the papers as this window runs them: one at a time, shown while they arrive, kept until the next. */
import type { ImageSource, StudyRequest } from '../../../shared/jobs.js';
import { isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { JobEvent } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';
import type { InfluenceMap } from '../../../shared/influence.js';
import type { EntropyMeasure } from '../../../shared/charts/analysis-charts.js';
import {
  usualStrides,
  type EntropyCurve,
  type SeedPicture,
  type SpectrumCurve,
  type StudyName,
} from '../../../shared/analyses.js';
import { jobs as windowJobs } from '../jobs/jobs.svelte.js';
import { finishJob, type JobRunner } from '../jobs/finish-job.js';

export type StudyStatus =
  | { kind: 'idle' }
  | { kind: 'running'; study: StudyName; done: number; total: number }
  | { kind: 'stopped'; study: StudyName }
  | { kind: 'failed'; study: StudyName; error: SerialisedError };

/** What the pictures of the entropy study are. */
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

/** A frame as a study reads it. */
export interface StudiedFrame {
  name: string;
  source: ImageSource;
}

export class StudiesState {
  study = $state<StudyName>('entropy');
  measure = $state<EntropyMeasure>('entropy');
  subject = $state<EntropySubject>('samples');
  samples = $state(16);
  seed = $state(7);
  seedCount = $state(4);
  /** The frame spectrum and seeds are about. */
  frameId = $state<string | null>(null);
  status = $state.raw<StudyStatus>({ kind: 'idle' });
  entropy = $state.raw<EntropyFindings | null>(null);
  spectrum = $state.raw<SpectrumFindings | null>(null);
  seeds = $state.raw<SeedFindings | null>(null);

  readonly #jobs: JobRunner;
  #run: AbortController | null = null;

  constructor(jobs: JobRunner = windowJobs) {
    this.#jobs = jobs;
  }

  get running(): boolean {
    return this.status.kind === 'running';
  }

  /** `frames` are read; with none, the model writes `samples` pictures and reads those. */
  async runEntropy(frames: readonly StudiedFrame[], codebookSize: number): Promise<void> {
    const request: StudyRequest = {
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

  async runSpectrum({ name, source }: StudiedFrame, steps: number): Promise<void> {
    this.spectrum = null;
    await this.#do({ kind: 'spectrum', source, seed: this.seed, steps }, (event) => {
      if (event.type !== 'spectrum') return;
      this.spectrum = {
        name,
        decoded: [...(this.spectrum?.decoded ?? []), { curve: event.curve, image: event.image }],
      };
    });
  }

  async runSeeds({ name, source }: StudiedFrame, steps: number): Promise<void> {
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
    this.#run?.abort();
  }

  async #do(request: StudyRequest, onEvent: (event: JobEvent) => void): Promise<void> {
    this.stop();
    const run = new AbortController();
    this.#run = run;
    const study = request.kind;
    this.status = { kind: 'running', study, done: 0, total: 0 };
    try {
      await finishJob(this.#jobs, request, run.signal, (event) => {
        if (run.signal.aborted) return;
        onEvent(event);
        if (event.type === 'progress') this.status = { kind: 'running', study, done: event.done, total: event.total };
      });
      this.#end(run, { kind: 'idle' });
    } catch (thrown) {
      this.#end(
        run,
        isCancelled(thrown) ? { kind: 'stopped', study } : { kind: 'failed', study, error: serialiseError(thrown) },
      );
    }
  }

  #end(run: AbortController, status: StudyStatus): void {
    if (this.#run !== run) return;
    this.#run = null;
    this.status = status;
  }
}

export const studies = new StudiesState();
