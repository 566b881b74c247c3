/** Pages of an answer as plain values: which are here, which are on the way, and what is picked from them. */
import type { GalleryItem } from '../../../shared/contract/gallery.js';

export const pageSize = 100;
/** Pages beyond these are forgotten and asked for again; 100 pages are 10,000 pictures. */
const mostPages = 100;
const mostAtOnce = 2;

/** First and last page that is looked at. */
export type PageRange = readonly [first: number, last: number];

/** The pages that are here; never changed, only replaced. */
export class Pages {
  constructor(private readonly pages: ReadonlyMap<number, readonly GalleryItem[]> = new Map()) {}

  /** Null while its page is on the way. */
  item(index: number): GalleryItem | null {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize] ?? null;
  }

  has(page: number): boolean {
    return this.pages.has(page);
  }

  get numbers(): number[] {
    return [...this.pages.keys()];
  }

  /** Where a picture stands; null when it is on none of the pages here. */
  indexOf(imageId: string): number | null {
    for (const [page, items] of this.pages) {
      const at = items.findIndex((item) => item.imageId === imageId);
      if (at !== -1) return page * pageSize + at;
    }
    return null;
  }

  /** Every picture that is here, in the order of the answer. */
  get items(): GalleryItem[] {
    return [...this.pages].sort(([a], [b]) => a - b).flatMap(([, items]) => items);
  }

  /** With a page that has arrived, without those behind the end and, when there are too many, those out of sight. */
  with(page: number, items: readonly GalleryItem[], total: number, [first, last]: PageRange): Pages {
    const next = new Map(this.pages).set(page, items);
    for (const old of next.keys()) {
      const isSurplus = next.size > mostPages && (old < first || old > last);
      if (isSurplus || (old > 0 && old * pageSize >= total)) next.delete(old);
    }
    return new Pages(next);
  }
}

/** Which pages are on the way and which of those that are here are outdated. */
export class PageLoads {
  readonly #loading = new Set<number>();
  readonly #stale = new Set<number>();

  get isIdle(): boolean {
    return this.#loading.size === 0;
  }

  get hasStale(): boolean {
    return this.#stale.size > 0;
  }

  /** The next page to ask for among those looked at; null when none is missing or enough are on the way. */
  next([first, last]: PageRange, pages: Pages, lastPage: number): number | null {
    for (let page = first; page <= Math.min(last, lastPage) && this.#loading.size < mostAtOnce; page++) {
      if (!this.#loading.has(page) && (!pages.has(page) || this.#stale.has(page))) return page;
    }
    return null;
  }

  begin(page: number): void {
    this.#loading.add(page);
    this.#stale.delete(page);
  }

  end(page: number): void {
    this.#loading.delete(page);
  }

  markStale(pages: Pages): void {
    for (const page of pages.numbers) this.#stale.add(page);
  }
}

export function picksOf(ids: Iterable<string>): ReadonlySet<string> {
  return new Set(ids);
}

export function toggled(picks: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(picks);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** What is still there of what was picked. */
export function remaining(picks: ReadonlySet<string>, items: readonly GalleryItem[]): ReadonlySet<string> {
  return new Set(items.map(({ imageId }) => imageId).filter((id) => picks.has(id)));
}

/** Spans of time to look back, in days; null = any time. */
export const periods = { any: null, day: 1, week: 7, month: 30, year: 365 } as const;
export type Period = keyof typeof periods;

/** ISO 8601; `now` in milliseconds since 1970. */
export function startOf(period: Period, now: number): string | null {
  const days = periods[period];
  return days === null ? null : new Date(now - days * 86_400_000).toISOString();
}
