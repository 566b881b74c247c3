/** Two packs beside each other as this window compares them: what is chosen, what runs, what each has shown so far. */
import { isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { JobEvent, JobPhase } from '../../../shared/contract/events.js';
import type { Frame } from '../../../shared/document/document.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import {
  packComparisonLimits,
  type PackComparisonNews,
  type PackComparisonPart,
} from '../../../shared/packs/pack-comparison.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { jobs as windowJobs } from '../jobs/jobs.svelte.js';
import { selectedFrames } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { BackgroundRun, type RunJob } from '../jobs/background-run.js';
import type { JobRunner } from '../jobs/finish-job.js';

/** What one pack has shown; what is null has not arrived. */
export interface PackFindings {
  pack: PackSummary;
  drawn: RasterImage | null;
  restored: { image: RasterImage; psnr: number | null } | null;
  /** By step, 0 = A. */
  interpolation: readonly { replaced: number; image: RasterImage }[];
  entropy: { values: readonly number[]; pictures: number; written: boolean } | null;
  missing: Partial<Record<PackComparisonPart, string>>;
  /** Resident bytes of its engine, null while unknown. */
  memory: number | null;
  /** Why nothing more came of it. */
  error: SerialisedError | null;
}

export type PackSide = 0 | 1;
export const packSides = [0, 1] as const;

export type PackComparisonStatus =
  | { kind: 'idle' }
  | { kind: 'running'; side: PackSide; phase: JobPhase | null; done: number; total: number }
  | { kind: 'stopped' }
  | { kind: 'done' };

export class PackComparisonState {
  /** Folders, since two packs may have one name. */
  directories = $state.raw<readonly [string | null, string | null]>([null, null]);
  prompt = $state('');
  seed = $state(7);
  steps = $state(4);
  /** Of frames; null: there is none. */
  pictureA = $state<string | null>(null);
  pictureB = $state<string | null>(null);
  findings = $state.raw<readonly [PackFindings | null, PackFindings | null]>([null, null]);
  status = $state.raw<PackComparisonStatus>({ kind: 'idle' });
  /** Of the interpolation, shown large on both sides. */
  step = $state(4);
  /** Where the other pack's folder is, as it is being written. */
  folder = $state('');
  seeking = $state(false);
  folderError = $state.raw<SerialisedError | null>(null);
  #found = $state.raw<readonly PackSummary[]>([]);
  readonly #run: BackgroundRun;

  constructor(jobs: JobRunner = windowJobs) {
    this.#run = new BackgroundRun(jobs);
  }

  /** The studio's packs, then those opened from other folders. */
  get choices(): PackSummary[] {
    const known = studio.packs;
    return [...known, ...this.#found.filter(({ directory }) => known.every((pack) => pack.directory !== directory))];
  }

  get running(): boolean {
    return this.status.kind === 'running';
  }

  packOf(side: PackSide): PackSummary | null {
    return this.choices.find(({ directory }) => directory === this.directories[side]) ?? null;
  }

  /** What the window shows when it opens: a pair that was made for comparing, or the pack in use and another one. */
  begin(): void {
    const study = this.choices.filter(({ manifest }) => manifest.purpose === 'study');
    const timestep = study.find(({ manifest }) => manifest.tokens.schedule.kind !== 'raster');
    const raster = study.find(({ manifest }) => manifest.tokens.schedule.kind === 'raster');
    const first = this.packOf(0) ?? (raster === undefined ? null : timestep) ?? studio.pack ?? this.choices[0] ?? null;
    const second =
      this.packOf(1) ?? raster ?? this.choices.find(({ directory }) => directory !== first?.directory) ?? first;
    this.directories = [first?.directory ?? null, second?.directory ?? null];
    if (this.prompt === '') {
      const examples = [first, studio.pack].flatMap((pack) => pack?.manifest.examples?.prompts ?? []);
      this.prompt = composer.prompt.trim() || (examples[0] ?? '');
    }
    const frames = documentState.shownFrames;
    const isThere = (id: string | null): boolean => frames.some((frame) => frame.id === id);
    const [selected, alsoSelected] = selectedFrames();
    if (selected !== undefined) this.pictureA = selected.id;
    if (!isThere(this.pictureA)) this.pictureA = frames[0]?.id ?? null;
    if (alsoSelected !== undefined) this.pictureB = alsoSelected.id;
    if (!isThere(this.pictureB) || this.pictureB === this.pictureA) {
      this.pictureB = frames.find(({ id }) => id !== this.pictureA)?.id ?? null;
    }
  }

  choose(side: PackSide, directory: string): void {
    if (this.directories[side] === directory) return;
    this.directories = side === 0 ? [directory, this.directories[1]] : [this.directories[0], directory];
    this.#show(side, null);
  }

  swap(): void {
    const [first, second] = this.directories;
    this.directories = [second, first];
    const [its, others] = this.findings;
    this.findings = [others, its];
  }

  /** Checks the pack in a folder and chooses it for the second side; null = the host's own dialog asks. Never rejects. */
  async openFolder(folder: string | null): Promise<void> {
    this.seeking = true;
    this.folderError = null;
    try {
      const pack = await studio.api.findPack({ folder });
      if (pack === null) return;
      this.#found = [...this.#found.filter(({ directory }) => directory !== pack.directory), pack];
      this.choose(1, pack.directory);
      this.folder = '';
    } catch (thrown) {
      this.folderError = serialiseError(thrown);
    } finally {
      this.seeking = false;
    }
  }

  /** Both packs, one after the other. Resolves when both are done, failed or stopped; never rejects. */
  async start(): Promise<void> {
    const packs = packSides.map((side) => this.packOf(side));
    if (this.running || packs.includes(null)) return;
    this.findings = [null, null];
    const end = await this.#run.start(async (job, signal) => {
      for (const side of packSides) {
        if (signal.aborted) break;
        this.status = { kind: 'running', side, phase: null, done: 0, total: 0 };
        await this.#view(side, packs[side]!, job);
      }
    });
    this.status = { kind: end?.kind === 'stopped' ? 'stopped' : 'done' };
  }

  /** What has arrived stays. */
  stop(): void {
    this.#run.stop();
  }

  /** The window compares no more: nothing runs, the second pack is closed. */
  async end(): Promise<void> {
    this.stop();
    await studio.api.releasePacks({});
  }

  async #view(side: PackSide, pack: PackSummary, job: RunJob): Promise<void> {
    this.#show(side, { ...nothingYet, pack });
    const { prompt, seed, steps } = this;
    const pictures = this.#pictures().map(({ imageId }) => ({ imageId }));
    const request = { kind: 'pack-comparison' as const, directory: pack.directory, prompt, seed, steps, pictures };
    try {
      const result = await job(request, (event) => this.#hear(side, event));
      if (result.kind === 'pack-comparison') this.#change(side, { memory: result.memory });
    } catch (thrown) {
      if (!isCancelled(thrown)) this.#change(side, { error: serialiseError(thrown) });
    }
  }

  #hear(side: PackSide, event: JobEvent): void {
    if (event.type === 'progress') {
      const { phase, done, total } = event;
      this.status = { kind: 'running', side, phase, done, total };
    }
    if (event.type === 'pack-comparison') this.#take(side, event.news);
  }

  #take(side: PackSide, news: PackComparisonNews): void {
    const before = this.findings[side];
    if (before === null) return;
    if ('missing' in news) return this.#change(side, { missing: { ...before.missing, [news.part]: news.missing } });
    switch (news.part) {
      case 'pack':
        return this.#change(side, { pack: news.pack });
      case 'drawn':
        return this.#change(side, { drawn: news.image });
      case 'restored':
        return this.#change(side, { restored: { image: news.image, psnr: news.psnr } });
      case 'interpolation':
        return this.#change(side, {
          interpolation: [...before.interpolation, { replaced: news.replaced, image: news.image }],
        });
      case 'entropy': {
        const { entropy: values, pictures, written } = news;
        return this.#change(side, { entropy: { values, pictures, written } });
      }
    }
  }

  /** A, B, then others of the board: they count for the entropy alone. */
  #pictures(): Frame[] {
    const frames = documentState.shownFrames;
    const chosen = [this.pictureA, this.pictureB].flatMap((id) => frames.filter((frame) => frame.id === id));
    return [...chosen, ...frames.filter((frame) => !chosen.includes(frame))].slice(0, packComparisonLimits.pictures);
  }

  #change(side: PackSide, change: Partial<PackFindings>): void {
    const before = this.findings[side];
    if (before !== null) this.#show(side, { ...before, ...change });
  }

  #show(side: PackSide, findings: PackFindings | null): void {
    this.findings = side === 0 ? [findings, this.findings[1]] : [this.findings[0], findings];
  }
}

const nothingYet: Omit<PackFindings, 'pack'> = {
  drawn: null,
  restored: null,
  interpolation: [],
  entropy: null,
  missing: {},
  memory: null,
  error: null,
};

export const packComparison = new PackComparisonState();
