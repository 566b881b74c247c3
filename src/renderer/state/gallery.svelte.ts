/** What this window shows of the gallery: the query, the pages of its answer that are needed, and what is picked. */
import { everything, type GalleryItem, type GalleryOverview, type GalleryQuery } from '../../shared/gallery.js';
import { notices } from './notices.svelte.js';
import { recall, remember } from './remembered.js';
import { studio } from './studio.svelte.js';

export const pageSize = 100;
/** Pages beyond these are forgotten and asked for again; 100 pages are 10,000 pictures. */
const mostPages = 100;
const mostAtOnce = 2;

/** Spans of time to look back, in days from now; null = any time. */
export const periods = { any: null, day: 1, week: 7, month: 30, year: 365 } as const;
export type Period = keyof typeof periods;

export const galleryHeights = { smallest: 180, largest: 720, initial: 300 } as const;

export class GalleryState {
  open = $state(recall('gallery-open', true, isBoolean));
  /** Over the board instead of in the side panel. */
  wide = $state(false);
  query = $state.raw<GalleryQuery>(everything);
  period = $state<Period>('any');
  total = $state(0);
  /** False until the first answer to the present query. */
  answered = $state(false);
  overview = $state.raw<GalleryOverview | null>(null);
  /** Position of the keyboard in the answer. */
  active = $state(0);
  /** Ids of picked pictures; they stay picked while other pages are looked at. */
  selection = $state.raw<ReadonlySet<string>>(new Set());
  #height = $state(recall('gallery-height', galleryHeights.initial, isNumber));
  #pages = $state.raw<ReadonlyMap<number, readonly GalleryItem[]>>(new Map());
  /** First and last page that is looked at. */
  #wanted: [number, number] = [0, 0];
  #loading = new Set<number>();
  /** Answers to an earlier query are not shown. */
  #asked = 0;
  /** Changes on the main side since the pages were read. */
  #stale = new Set<number>();
  #focusWanted = false;

  get height(): number {
    return this.#height;
  }

  set height(height: number) {
    this.#height = Math.round(Math.min(galleryHeights.largest, Math.max(galleryHeights.smallest, height)));
    remember('gallery-height', this.#height);
  }

  setOpen(open: boolean): void {
    if (open === this.open) return;
    this.open = open;
    if (!open) this.wide = false;
    remember('gallery-open', open);
    if (open) this.begin();
  }

  /** Over the board, or back in the side panel. */
  show(wide: boolean): void {
    if (wide) this.setOpen(true);
    this.wide = wide;
    this.#focusWanted = true;
  }

  /** True once after the gallery moved: its keyboard goes along. */
  takeFocus(): boolean {
    const wanted = this.#focusWanted;
    this.#focusWanted = false;
    return wanted;
  }

  /** Whether anything but the view narrows the answer. */
  get isFiltered(): boolean {
    const { text, projectId, pack, since } = this.query;
    return text !== '' || projectId !== null || pack !== null || since !== null;
  }

  /** Null while its page is on the way. Reactive where it is read. */
  item(index: number): GalleryItem | null {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize] ?? null;
  }

  /** Where a picture stands in the pages that are here; null when it is in none of them. */
  indexOf(imageId: string): number | null {
    for (const [page, items] of this.#pages) {
      const at = items.findIndex((item) => item.imageId === imageId);
      if (at !== -1) return page * pageSize + at;
    }
    return null;
  }

  /** The picked pictures that are known, in the order of the answer. */
  get picked(): GalleryItem[] {
    const pages = [...this.#pages].sort(([a], [b]) => a - b);
    return pages.flatMap(([, items]) => items.filter((item) => this.selection.has(item.imageId)));
  }

  ask(change: Partial<GalleryQuery>): void {
    this.query = { ...this.query, ...change };
    this.#asked++;
    this.#pages = new Map();
    this.#loading.clear();
    this.#stale.clear();
    this.#wanted = [0, 0];
    this.answered = false;
    this.active = 0;
    this.select([]);
    this.#load();
  }

  setPeriod(period: Period, now = Date.now()): void {
    this.period = period;
    const days = periods[period];
    this.ask({ since: days === null ? null : new Date(now - days * 86_400_000).toISOString() });
  }

  clearFilters(): void {
    this.period = 'any';
    this.ask({ text: '', projectId: null, pack: null, since: null });
  }

  /** These positions are looked at: their pages are asked for, the others wait. */
  need(first: number, last: number): void {
    this.#wanted = [Math.floor(first / pageSize), Math.floor(Math.max(first, last) / pageSize)];
    this.#load();
  }

  /** The main side has news; what is on the screen stays until its successor is here. */
  refresh(): void {
    void this.#readOverview();
    if (!this.open) return;
    this.#stale = new Set(this.#pages.keys());
    this.#load(true);
  }

  /** At the start, after the connection was lost and found, and when the panel is opened. */
  begin(): void {
    void this.#readOverview();
    if (this.open) this.ask({});
  }

  select(ids: Iterable<string>): void {
    this.selection = new Set(ids);
  }

  toggle(id: string): void {
    const next = new Set(this.selection);
    if (!next.delete(id)) next.add(id);
    this.selection = next;
  }

  /** The nearest missing page first, few at once: what was only scrolled past is never asked for. */
  #load(again = false): void {
    const [first, last] = this.#wanted;
    let asked = false;
    for (let page = first; page <= last && this.#loading.size < mostAtOnce; page++) {
      const isPast = this.answered && page * pageSize >= this.total && page > 0;
      if (this.#loading.has(page) || isPast || (this.#pages.has(page) && !this.#stale.has(page))) continue;
      asked = true;
      void this.#read(page);
    }
    // The total may have changed although no page that is looked at is known.
    if (again && !asked && this.#loading.size === 0) void this.#read(first);
  }

  async #read(page: number): Promise<void> {
    const asked = this.#asked;
    this.#loading.add(page);
    this.#stale.delete(page);
    try {
      const { total, items } = await studio.api.searchGallery({
        query: this.query,
        offset: page * pageSize,
        limit: pageSize,
      });
      if (asked !== this.#asked) return;
      this.#accept(page, total, items);
    } catch (thrown) {
      if (asked === this.#asked) notices.report(thrown);
      return;
    } finally {
      if (asked === this.#asked) this.#loading.delete(page);
    }
    if (asked === this.#asked) this.#load();
  }

  #accept(page: number, total: number, items: readonly GalleryItem[]): void {
    const next = new Map(this.#pages);
    next.set(page, items);
    for (const old of next.keys()) {
      const isSurplus = next.size > mostPages && (old < this.#wanted[0] || old > this.#wanted[1]);
      // The first page stays also when it is empty, or it would be asked for without end.
      if (isSurplus || (old > 0 && old * pageSize >= total)) next.delete(old);
    }
    const activeId = this.item(this.active)?.imageId;
    this.#pages = next;
    this.total = total;
    this.answered = true;
    const moved = activeId === undefined ? null : this.indexOf(activeId);
    this.active = Math.max(0, Math.min(total - 1, moved ?? this.active));
    // What left the answer is not picked any more; only a whole answer can tell.
    if (this.selection.size > 0 && next.size * pageSize >= total) {
      const here = new Set([...next.values()].flat().map(({ imageId }) => imageId));
      const left = [...this.selection].filter((id) => here.has(id));
      if (left.length < this.selection.size && this.#stale.size === 0) this.select(left);
    }
  }

  async #readOverview(): Promise<void> {
    try {
      this.overview = await studio.api.galleryOverview({});
    } catch (thrown) {
      notices.report(thrown);
    }
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export const gallery = new GalleryState();
