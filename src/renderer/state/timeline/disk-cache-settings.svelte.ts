/** What the studio keeps of timelines on disk, as a window sees and sets it. */
import { timelineCacheLimit } from '../../../shared/limits.js';
import type { StudioStatus } from '../../../shared/contract/status.js';
import { notices as windowNotices, type NoticesState } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

const megabyte = 1024 * 1024;

/** Tells each problem once, however often the status repeats it, and again only after all was well. */
export class CacheNotices {
  #told: string | null = null;
  readonly #notices: Pick<NoticesState, 'reportSerialised'>;

  constructor(notices: Pick<NoticesState, 'reportSerialised'> = windowNotices) {
    this.#notices = notices;
  }

  follow(cache: StudioStatus['timelineCache'] | undefined): void {
    const problem = cache?.problem ?? null;
    if (problem !== null && problem.message !== this.#told) this.#notices.reportSerialised(problem);
    this.#told = problem?.message ?? null;
  }
}

export const cacheNotices = new CacheNotices();

/** `34 of 256 MB`; null before the studio has told. */
export function cacheUse(cache: StudioStatus['timelineCache'] | undefined): string | null {
  if (cache === undefined) return null;
  if (cache.limit === 0) return 'off';
  return `${Math.ceil(cache.bytes / megabyte)} of ${Math.round(cache.limit / megabyte)} MB`;
}

export function cacheLimitMegabytes(cache: StudioStatus['timelineCache'] | undefined): number {
  return Math.round((cache?.limit ?? 0) / megabyte);
}

export const mostCacheMegabytes = timelineCacheLimit / megabyte;

/** 0 keeps nothing. Rejects when the choice cannot be noted. */
export async function setCacheLimit(megabytes: number): Promise<void> {
  studio.status = await studio.api.setTimelineCache({ limit: Math.round(megabytes) * megabyte });
}

export async function clearCache(): Promise<void> {
  studio.status = await studio.api.setTimelineCache({ clear: true });
}
