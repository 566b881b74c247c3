/** The build-up film of the picture on the timeline: computed in the background after every picture, kept per content and noise seed. */
import type { ImageSource } from '../../../../shared/jobs/jobs.js';
import {
  captionGains,
  filmCounts,
  filmGains,
  type FilmCaption,
  type FilmPicture,
} from '../../../../shared/tokens/build-up.js';
import type { JobEvent } from '../../../../shared/contract/events.js';
import { BackgroundWork } from '../../jobs/background-work.svelte.js';
import type { JobRunner } from '../../jobs/finish-job.js';
import { LruCache } from '../../../../shared/lru-cache.js';

export interface FilmedPicture {
  /** Tells two contents apart, as does `seed`. */
  key: string;
  source: ImageSource;
  /** K. */
  count: number;
  /** Of the noise. */
  seed: number;
}

type FilmPart = FilmPicture | FilmCaption;

function isPicture(part: FilmPart): part is FilmPicture {
  return 'image' in part;
}

export class BuildUpState extends BackgroundWork<FilmedPicture, FilmPart> {
  constructor(jobs?: JobRunner) {
    const bytesOf = (parts: readonly FilmPart[]) =>
      parts.reduce((bytes, part) => bytes + (isPicture(part) ? part.image.data.byteLength : 0), 0);
    super(new LruCache({ entries: 64, bytes: 64 * 1024 * 1024 }, bytesOf, () => {}), jobs);
  }

  /** From pure noise on, as far as they are computed. */
  readonly pictures = $derived.by(() => {
    // A picture that was computed again comes later in the list, and counts.
    const pictures = this.parts.filter(isPicture);
    return pictures
      .filter(({ index }, at) => !pictures.some((later, place) => place > at && later.index === index))
      .sort((a, b) => a.index - b.index);
  });

  /** For each picture of a whole film, what is read in it that was not before; null where nobody reads, or not yet. */
  readonly gains = $derived.by((): string[][] | null => {
    const { pictures } = this;
    if (pictures.length === 0 || this.status.kind !== 'ready') return null;
    const readings = pictures.flatMap(({ reading }) => (reading === undefined ? [] : [reading]));
    if (readings.length === pictures.length) return filmGains(readings);
    const captions = this.parts.filter((part): part is FilmCaption => !isPicture(part));
    return captions.length === pictures.length ? captionGains(captions.toSorted((a, b) => a.index - b.index)) : null;
  });

  protected keyOf({ key, seed }: FilmedPicture): string {
    return `${key}|${seed}`;
  }

  protected plan({ source, count, seed }: FilmedPicture) {
    const counts = filmCounts(count);
    if (this.parts.filter(isPicture).length >= counts.length) return null;
    return { request: { kind: 'film' as const, source, seed, counts }, total: counts.length };
  }

  protected partOf(event: JobEvent): FilmPart | null {
    if (event.type === 'film-picture') return event.picture;
    return event.type === 'film-caption' ? event.caption : null;
  }
}

export const buildUp = new BuildUpState();
