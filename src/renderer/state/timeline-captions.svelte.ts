/**
 * What the language model says of the restored pane at each t: written in the background once all pictures are there, nearest
 * to the cursor first, kept per content and noise seed.
 */
import type { ImageSource } from '../../shared/api.js';
import { isCancelled, serialiseError, type SerialisedError } from '../../shared/errors.js';
import type { TimelineCaption } from '../../shared/events.js';
import type { PackManifest } from '../../shared/pack.js';
import { jobs as windowJobs } from './jobs.svelte.js';
import { recall, remember } from './remembered.js';
import { RecentCache } from './timeline-cache.js';
import { finishJob, type JobRunner } from './timeline-job.js';
import { computingOrder, missingPositions, waitsTooLong } from './timeline-plan.js';

/** Who reads the restored pane: the pack's probe graph, or its language model. */
export type Reader = 'probe' | 'language-model';

export interface DescribedPictures {
  /** Tells two contents apart, as does `seed`. */
  key: string;
  source: ImageSource;
  /** Of the noise. */
  seed: number;
  /** Values of t. */
  times: readonly number[];
}

export type CaptionsStatus =
  | { kind: 'idle' }
  /** Until the jobs a person asked for are done. */
  | { kind: 'held' }
  | { kind: 'computing'; done: number; total: number }
  | { kind: 'ready' }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: SerialisedError };

/** A cursor that stays this long is looked through. */
const restMs = 150;

/** Those that a pack has, the usual one first. A probe counts where it did read. */
export function readersOf(
  manifest: Pick<PackManifest, 'graphs' | 'languageModel'>,
  positions: readonly { reading?: unknown }[],
): Reader[] {
  const probe = positions.some(({ reading }) => reading !== undefined);
  const describes = manifest.graphs.lm !== undefined && manifest.languageModel?.templates.caption !== undefined;
  return [...(probe ? ['probe' as const] : []), ...(describes ? ['language-model' as const] : [])];
}

export class CaptionsState {
  status = $state.raw<CaptionsStatus>({ kind: 'idle' });
  /** In the order they were written. */
  captions = $state.raw<readonly TimelineCaption[]>([]);
  #preferred = $state<Reader>(recall('timeline-reader', 'probe', isReader));

  readonly #jobs: JobRunner;
  readonly #written = new RecentCache<readonly TimelineCaption[]>(
    { entries: 64, bytes: Infinity },
    () => 0,
    () => {},
  );
  #pictures: DescribedPictures | null = null;
  #cursor = 1;
  /** In this order, by the job under way. */
  #asked: readonly number[] = [];
  #run: AbortController | null = null;
  #held = false;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(jobs: JobRunner = windowJobs) {
    this.#jobs = jobs;
  }

  /** The one to show of those a pack has; null = it has none. */
  chosen(readers: readonly Reader[]): Reader | null {
    return readers.includes(this.#preferred) ? this.#preferred : (readers[0] ?? null);
  }

  prefer(reader: Reader): void {
    this.#preferred = reader;
    remember('timeline-reader', reader);
  }

  at(t: number): TimelineCaption | null {
    return this.captions.find((caption) => caption.t === t) ?? null;
  }

  /** Describes these pictures, or none (null). What is known already is shown at once; cheap when nothing changed. */
  show(pictures: DescribedPictures | null): void {
    const same = pictures !== null && this.#pictures !== null && keyOf(pictures) === keyOf(this.#pictures);
    if (same || pictures === this.#pictures) return;
    this.#stop();
    this.#pictures = pictures;
    this.captions = pictures === null ? [] : (this.#written.get(keyOf(pictures)) ?? []);
    this.status = { kind: 'idle' };
    if (pictures !== null) this.#start(pictures);
  }

  /** Where the person looks: a cursor that rests far from all that is described turns the order round. */
  look(t: number): void {
    this.#cursor = t;
    clearTimeout(this.#resting);
    if (this.status.kind !== 'computing') return;
    this.#resting = setTimeout(() => {
      const pictures = this.#pictures;
      if (pictures === null || this.status.kind !== 'computing') return;
      if (!waitsTooLong(missingPositions(this.#asked, this.captions), this.captions, t)) return;
      this.#stop();
      this.#start(pictures);
    }, restMs);
  }

  /** While `held`, nothing is written; what was interrupted goes on afterwards. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held && this.status.kind === 'computing') {
      this.#stop();
      this.status = { kind: 'held' };
    } else if (!held && this.status.kind === 'held') this.#start(this.#pictures!);
  }

  /** Stops writing; what is there stays. */
  cancel(): void {
    if (this.status.kind !== 'computing' && this.status.kind !== 'held') return;
    this.#stop();
    this.status = { kind: 'stopped' };
  }

  resume(): void {
    if (this.#pictures !== null && this.#run === null) this.#start(this.#pictures);
  }

  #stop(): void {
    clearTimeout(this.#resting);
    this.#run?.abort();
    this.#run = null;
  }

  #start(pictures: DescribedPictures): void {
    const missing = missingPositions(pictures.times, this.captions);
    if (missing.length === 0) {
      this.status = { kind: 'ready' };
      return;
    }
    if (this.#held) {
      this.status = { kind: 'held' };
      return;
    }
    const run = new AbortController();
    this.#run = run;
    this.#asked = computingOrder(missing, this.#cursor, 1);
    this.status = { kind: 'computing', done: this.captions.length, total: pictures.times.length };
    void this.#write(pictures, this.#asked, run);
  }

  async #write(pictures: DescribedPictures, positions: readonly number[], run: AbortController): Promise<void> {
    const { source, seed, times } = pictures;
    const end = (status: CaptionsStatus) => {
      if (this.#run !== run) return;
      this.#run = null;
      this.status = status;
    };
    try {
      const request = { kind: 'captions' as const, source, seed, positions: [...positions] };
      await finishJob(this.#jobs, request, run.signal, (event) => {
        if (event.type !== 'caption' || run.signal.aborted) return;
        this.captions = [...this.captions, event.caption];
        this.#written.set(keyOf(pictures), this.captions);
        this.status = { kind: 'computing', done: this.captions.length, total: times.length };
      });
      end({ kind: 'ready' });
    } catch (thrown) {
      end(isCancelled(thrown) ? { kind: 'stopped' } : { kind: 'failed', error: serialiseError(thrown) });
    }
  }
}

function keyOf({ key, seed }: DescribedPictures): string {
  return `${key}|${seed}`;
}

function isReader(value: unknown): value is Reader {
  return value === 'probe' || value === 'language-model';
}

export const captions = new CaptionsState();
