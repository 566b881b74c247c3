/**
 * What the language model says of the restored pane at each t: written in the background once all pictures are there, nearest
 * to the cursor first, kept per content and noise seed.
 */
import type { ImageSource } from '../../../../shared/jobs/jobs.js';
import type { JobEvent, TimelineCaption } from '../../../../shared/contract/events.js';
import type { PackManifest } from '../../../../shared/packs/pack.js';
import { BackgroundWork } from '../../jobs/background-work.svelte.js';
import { preference, setPreference } from '../../studio/preferences.js';
import { LruCache } from '../../../../shared/lru-cache.js';
import type { JobRunner } from '../../jobs/finish-job.js';
import { computingOrder, missingPositions, waitsTooLong } from '../timeline-plan.js';

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

/** A cursor that stays this long is looked through. */
const restMs = 150;

/** Those that a pack has, the usual one first. A probe counts where it did read. */
export function readersOf(
  manifest: Pick<PackManifest, 'languageModel'>,
  positions: readonly { reading?: unknown }[],
): Reader[] {
  const probe = positions.some(({ reading }) => reading !== undefined);
  const describes = manifest.languageModel?.templates.caption !== undefined;
  return [...(probe ? ['probe' as const] : []), ...(describes ? ['language-model' as const] : [])];
}

export class CaptionsState extends BackgroundWork<DescribedPictures, TimelineCaption> {
  #preferred = $state<Reader>(preference('timeline-reader', 'probe', isReader));
  #cursor = 1;
  /** In this order, by the job under way. */
  #asked: readonly number[] = [];
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(jobs?: JobRunner) {
    const sizeless = { entries: 64, bytes: Infinity };
    super(
      new LruCache<readonly TimelineCaption[]>(
        sizeless,
        () => 0,
        () => {},
      ),
      jobs,
    );
  }

  /** In the order they were written. */
  get captions(): readonly TimelineCaption[] {
    return this.parts;
  }

  /** The one to show of those a pack has; null = it has none. */
  chosen(readers: readonly Reader[]): Reader | null {
    return readers.includes(this.#preferred) ? this.#preferred : (readers[0] ?? null);
  }

  prefer(reader: Reader): void {
    this.#preferred = reader;
    setPreference('timeline-reader', reader);
  }

  at(t: number): TimelineCaption | null {
    return this.captions.find((caption) => caption.t === t) ?? null;
  }

  /** Where the person looks: a cursor that rests far from all that is described turns the order round. */
  look(t: number): void {
    this.#cursor = t;
    clearTimeout(this.#resting);
    if (this.status.kind !== 'computing') return;
    this.#resting = setTimeout(() => {
      const { subject } = this;
      if (subject === null || this.status.kind !== 'computing') return;
      if (!waitsTooLong(missingPositions(this.#asked, this.captions), this.captions, t)) return;
      this.halt();
      this.start(subject);
    }, restMs);
  }

  protected override halt(): void {
    clearTimeout(this.#resting);
    super.halt();
  }

  protected keyOf({ key, seed }: DescribedPictures): string {
    return `${key}|${seed}`;
  }

  protected plan({ source, seed, times }: DescribedPictures) {
    const missing = missingPositions(times, this.captions);
    if (missing.length === 0) return null;
    this.#asked = computingOrder(missing, this.#cursor, 1);
    return { request: { kind: 'captions' as const, source, seed, positions: [...this.#asked] }, total: times.length };
  }

  protected partOf(event: JobEvent): TimelineCaption | null {
    return event.type === 'caption' ? event.caption : null;
  }
}

function isReader(value: unknown): value is Reader {
  return value === 'probe' || value === 'language-model';
}

export const captions = new CaptionsState();
