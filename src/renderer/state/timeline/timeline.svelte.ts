/**
 * The timeline of the selected frame: where the person looks (t), the token schedule, and the pictures computed so far.
 * Pictures are kept per content and noise seed, so that scrubbing over what is there never waits for anything.
 */
import type { Frame } from '../../../shared/document/document.js';
import { StudioError, type SerialisedError } from '../../../shared/errors.js';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import type { JobResult } from '../../../shared/jobs/job-results.js';
import { nearestWhole, seedLimits } from '../../../shared/limits.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { comesByTime, tokensVisibleAt } from '../../../shared/tokens/tokens.js';
import { jobs as windowJobs } from '../jobs/jobs.svelte.js';
import { LruCache } from '../../../shared/lru-cache.js';
import { BackgroundRun, type RunJob } from '../jobs/background-run.js';
import type { JobRunner } from '../jobs/finish-job.js';
import { bitmapOf } from '../pixels.js';
import { decodePosition, releasePosition, type ComputedPosition } from './timeline-pictures.js';
import { computingOrder, missingPositions, plannedPositions, waitsTooLong } from './timeline-plan.js';
import { nearestPosition, stepTokens, tellingTime, timeShowing } from './timeline-steps.js';
import {
  contentKey,
  imageSource,
  timelineSource,
  type TimelineObstacle,
  type TimelineSource,
} from './timeline-source.js';

export type TimelineStatus =
  | { kind: 'empty'; reason: TimelineObstacle }
  | { kind: 'waiting' }
  /** Until the jobs a person asked for are done. */
  | { kind: 'held' }
  | { kind: 'reading' }
  | { kind: 'computing'; done: number; total: number }
  /** A rough view of the whole axis is there; the rest is computed when somebody looks closely. */
  | { kind: 'overview' }
  | { kind: 'ready' }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: SerialisedError };

interface Pictures {
  /** Ascending in t. */
  positions: readonly ComputedPosition[];
  complete: boolean;
}

/** Eight frames, or less of a pack with large images. */
const cacheBounds = { entries: 8, bytes: 384 * 1024 * 1024 };
/** So many positions over the whole axis come before the neighbours of the one looked at, and are all that nobody looks closely at. */
const overview = 12;
/** A cursor that stays this long is looked through. */
const restMs = 150;
/** Arrowing through frames should not start a job for each. */
const settleMs = 140;

export class TimelineState {
  /** 1 = noise … 0 = clean. Goes where with and without tokens differ most, until a person moves it. */
  t = $state(1);
  /** Seed of the noise, the same in all panes and at every t. */
  seed = $state(1);
  status = $state.raw<TimelineStatus>({ kind: 'empty', reason: 'nothing-selected' });
  source = $state.raw<TimelineSource | null>(null);
  /** Codes by token index; null until the image was read. */
  codes = $state.raw<readonly number[] | null>(null);
  positions = $state.raw<readonly ComputedPosition[]>([]);

  readonly #run: BackgroundRun;
  readonly #toBitmap: (image: RasterImage) => Promise<ImageBitmap>;
  readonly #pictures: LruCache<Pictures>;
  readonly #readCodes = new LruCache<readonly number[]>(
    { entries: 64, bytes: Infinity },
    () => 0,
    () => {},
  );
  #held = false;
  /** Whether a person has moved t since this picture was shown. */
  #moved = false;
  /** Whether all of this picture was asked for, and whether all of every picture is. */
  #wanted = false;
  #closely = false;
  /** Where the picture before differed most: the best guess until this one is computed. */
  #usual = 1;
  /** In this order, by the job under way. */
  #asked: readonly number[] = [];
  #resting: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(jobs: JobRunner = windowJobs, toBitmap: (image: RasterImage) => Promise<ImageBitmap> = bitmapOf) {
    this.#run = new BackgroundRun(jobs);
    this.#toBitmap = toBitmap;
    this.#pictures = new LruCache<Pictures>(
      cacheBounds,
      ({ positions }) => positions.reduce((bytes, { noised }) => bytes + 3 * 4 * noised.width * noised.height, 0),
      ({ positions }) => positions.forEach(releasePosition),
    );
  }

  get count(): number {
    return this.source?.manifest.tokens.count ?? 0;
  }

  /** k(t). */
  get visible(): number {
    return this.visibleAt(this.t);
  }

  visibleAt(t: number): number {
    return this.source === null ? 0 : tokensVisibleAt(this.source.manifest.tokens.schedule, this.count, t);
  }

  /** The computed position to show now; null until there is one. */
  get shown(): ComputedPosition | null {
    return this.positions[nearestPosition(this.positions, this.t, this.visible)] ?? null;
  }

  get busy(): boolean {
    return this.status.kind === 'waiting' || this.status.kind === 'reading' || this.status.kind === 'computing';
  }

  seek(t: number): void {
    this.#moved = true;
    this.t = Math.min(1, Math.max(0, t));
    this.wantAll();
    this.#follow();
  }

  /** Makes `tokens` more (negative: fewer) visible. */
  step(tokens: number): void {
    if (this.source !== null) this.seek(stepTokens(this.source.manifest.tokens.schedule, this.count, this.t, tokens));
  }

  /** To the moment token `index` is the newest and nothing coarser is visible; nowhere under a schedule in which none is newest. */
  seekToken(index: number): void {
    const schedule = this.source?.manifest.tokens.schedule;
    if (schedule === undefined || !comesByTime(schedule)) return;
    this.seek(timeShowing(schedule, this.count, index + 1));
  }

  /** Follows the selection; cheap when nothing changed, and cancels what was being computed when something did. */
  show(frame: Frame | null, pack: PackSummary | null): void {
    const source = timelineSource(frame, pack);
    if (typeof source === 'string') {
      this.#stop();
      this.source = null;
      this.codes = null;
      this.positions = [];
      this.status = { kind: 'empty', reason: source };
      return;
    }
    const same = this.source !== null && contentKey(this.source) === contentKey(source);
    this.source = source;
    if (same) return;
    this.#moved = false;
    this.#wanted = false;
    this.t = this.#usual;
    this.#restart(settleMs);
  }

  /** Every position of this picture, for whoever moves t or takes them out of the studio. */
  wantAll(): void {
    this.#wanted = true;
    this.#goOn();
  }

  /** Whether whatever is selected is looked at closely: otherwise an overview of each picture has to do, since all of it takes seconds. */
  lookClosely(closely: boolean): void {
    this.#closely = closely;
    if (closely) this.#goOn();
  }

  setSeed(seed: number): void {
    const whole = nearestWhole(seed, seedLimits);
    if (!Number.isFinite(whole) || whole === this.seed) return;
    this.seed = whole;
    if (this.source !== null) this.#restart(0);
  }

  /** Computes what is missing: after a cancellation or a failure. */
  resume(): void {
    if (this.source !== null && !this.busy) this.#restart(0);
  }

  /**
   * The engine does one job at a time, and nobody should wait for pictures computed in the background: while `held`, nothing
   * is computed; what was interrupted goes on afterwards.
   */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held && this.busy) {
      this.#stop();
      this.status = { kind: 'held' };
    } else if (!held && this.status.kind === 'held') {
      this.#restart(0);
    }
  }

  /** Stops computing; what is there stays. */
  cancel(): void {
    if (!this.busy) return;
    this.#stop();
    this.status = { kind: 'stopped' };
  }

  /** Only while nobody looks elsewhere; what a person chose stays. */
  #goWhereItTells(): void {
    const telling = tellingTime(this.positions);
    if (telling === null) return;
    this.#usual = telling;
    if (!this.#moved) this.t = telling;
  }

  /** What is looked at comes first: a cursor that rests far from all that is computed turns the order round. */
  #follow(): void {
    clearTimeout(this.#resting);
    if (this.status.kind !== 'computing') return;
    this.#resting = setTimeout(() => {
      const remaining = missingPositions(this.#asked, this.positions);
      if (this.status.kind === 'computing' && waitsTooLong(remaining, this.positions, this.t)) this.#restart(0);
    }, restMs);
  }

  #goOn(): void {
    if (this.status.kind === 'overview') this.#restart(0);
  }

  get #wantsAll(): boolean {
    return this.#wanted || this.#closely;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#run.drop();
  }

  #restart(delay: number): void {
    this.#stop();
    const source = this.source!;
    const pictures = this.#pictures.get(this.#key(source));
    this.positions = pictures?.positions ?? [];
    this.codes = source.codes ?? this.#readCodes.get(contentKey(source)) ?? null;
    if (pictures?.complete === true && this.codes !== null) {
      this.status = { kind: 'ready' };
      this.#goWhereItTells();
      return;
    }
    if (!this.#wantsAll && this.codes !== null && this.positions.length >= overview) {
      this.status = { kind: 'overview' };
      this.#goWhereItTells();
      return;
    }
    if (this.#held) {
      this.status = { kind: 'held' };
      return;
    }
    this.status = { kind: 'waiting' };
    this.#timer = setTimeout(() => void this.#compute(source), delay);
  }

  async #compute(source: TimelineSource): Promise<void> {
    let complete = false;
    const end = await this.#run.start(async (job, signal) => {
      if (this.codes === null) {
        this.status = { kind: 'reading' };
        const read = await job({ kind: 'encode', source: { imageId: source.imageId } });
        if (read.kind !== 'encode') throw unexpectedResult(read);
        this.#readCodes.set(contentKey(source), read.codes);
        this.codes = read.codes;
      }
      complete = await this.#computePositions(source, job, signal);
    });
    if (end === null) return;
    this.status = end.kind === 'done' ? { kind: complete ? 'ready' : 'overview' } : end;
    if (end.kind !== 'done') return;
    this.#goWhereItTells();
    // It may have been asked for while the last of the overview was computed.
    if (this.#wantsAll) this.#goOn();
  }

  /** Whether every position is there now. */
  async #computePositions(source: TimelineSource, job: RunJob, signal: AbortSignal): Promise<boolean> {
    const { tokens, limits } = source.manifest;
    const key = this.#key(source);
    const planned = plannedPositions(tokens.schedule, tokens.count, limits?.positions);
    const missing = missingPositions(planned, this.positions);
    const forOverview = Math.max(0, overview - this.positions.length);
    const ordered = computingOrder(missing, this.t, forOverview);
    const positions = this.#wantsAll ? ordered : ordered.slice(0, forOverview);
    let done = planned.length - missing.length;
    const total = done + positions.length;
    this.status = { kind: 'computing', done, total };
    const decoding: Promise<void>[] = [];
    const receive = async (arrived: TimelinePosition) => {
      const position = await decodePosition(arrived, this.#toBitmap);
      if (signal.aborted) return releasePosition(position);
      this.#keep(key, position);
      this.status = { kind: 'computing', done: ++done, total: Math.max(total, done) };
    };
    this.#asked = positions;
    if (positions.length > 0) {
      await job({ kind: 'timeline', source: imageSource(source, this.codes!), seed: this.seed, positions }, (event) => {
        if (event.type === 'position') decoding.push(receive(event.position));
      });
    }
    await Promise.all(decoding);
    const complete = positions.length === missing.length;
    if (complete && !signal.aborted) this.#pictures.set(key, { positions: this.positions, complete });
    return complete;
  }

  #keep(key: string, position: ComputedPosition): void {
    const positions = [...this.positions.filter(({ t }) => t !== position.t), position];
    positions.sort((a, b) => a.t - b.t);
    this.#pictures.set(key, { positions, complete: false });
    this.positions = positions;
  }

  #key(source: TimelineSource): string {
    return `${contentKey(source)}|${this.seed}`;
  }
}

function unexpectedResult(result: JobResult): StudioError {
  return new StudioError(
    'internal',
    `The engine answered with “${result.kind}” where codes were expected.`,
    'Try again; if it happens again, please report it.',
  );
}

export const timeline = new TimelineState();
