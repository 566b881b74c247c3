/** What this window shows of the gallery: the query, the pages of its answer that are needed, and what is picked. */
import {
  everything,
  type GalleryItem,
  type GalleryOverview,
  type GalleryQuery,
} from '../../../shared/contract/gallery.js';
import {
  PageLoads,
  pageSize,
  Pages,
  picksOf,
  remaining,
  startOf,
  toggled,
  type PageRange,
  type Period,
} from './gallery-pages.js';
import { notices } from '../studio/notices.svelte.js';
import { preference, setPreference } from '../studio/preferences.js';
import { studio } from '../studio/studio.svelte.js';

/** Least width of a picture in the large gallery, CSS pixels. */
export const thumbnailWidths = { smallest: 80, largest: 256, initial: 148 } as const;

export const galleryHeights = { smallest: 180, largest: 720, initial: 300 } as const;

export class GalleryState {
  open = $state(preference('gallery-open', true, isBoolean));
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
  selection = $state.raw<ReadonlySet<string>>(picksOf([]));
  #height = $state(preference('gallery-height', galleryHeights.initial, isNumber));
  #thumbnailWidth = $state(preference('gallery-thumbnails', thumbnailWidths.initial, isNumber));
  #pages = $state.raw(new Pages());
  #loads = new PageLoads();
  #wanted: PageRange = [0, 0];
  /** Answers to an earlier query are not shown. */
  #asked = 0;
  #focusWanted = false;

  get thumbnailWidth(): number {
    return this.#thumbnailWidth;
  }

  set thumbnailWidth(width: number) {
    this.#thumbnailWidth = Math.round(Math.min(thumbnailWidths.largest, Math.max(thumbnailWidths.smallest, width)));
    setPreference('gallery-thumbnails', this.#thumbnailWidth);
  }

  get height(): number {
    return this.#height;
  }

  set height(height: number) {
    this.#height = Math.round(Math.min(galleryHeights.largest, Math.max(galleryHeights.smallest, height)));
    setPreference('gallery-height', this.#height);
  }

  setOpen(open: boolean): void {
    if (open === this.open) return;
    this.open = open;
    if (!open) this.wide = false;
    setPreference('gallery-open', open);
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
    return this.#pages.item(index);
  }

  /** Every picture that is here, in the order of the answer. */
  get items(): GalleryItem[] {
    return this.#pages.items;
  }

  /** The picked pictures that are here. */
  get picked(): GalleryItem[] {
    const { selection } = this;
    return selection.size === 0 ? [] : this.items.filter((item) => selection.has(item.imageId));
  }

  ask(change: Partial<GalleryQuery>): void {
    this.query = { ...this.query, ...change };
    this.#asked++;
    this.#pages = new Pages();
    this.#loads = new PageLoads();
    this.#wanted = [0, 0];
    this.answered = false;
    this.active = 0;
    this.select([]);
    this.#load();
  }

  setPeriod(period: Period, now = Date.now()): void {
    this.period = period;
    this.ask({ since: startOf(period, now) });
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
    this.#loads.markStale(this.#pages);
    // The total may have changed although no page that is looked at is here.
    if (this.#load() || !this.#loads.isIdle) return;
    this.#loads.begin(this.#wanted[0]);
    void this.#read(this.#wanted[0]);
  }

  /** At the start, after the connection was lost and found, and when the panel is opened. */
  begin(): void {
    void this.#readOverview();
    if (this.open) this.ask({});
  }

  select(ids: Iterable<string>): void {
    this.selection = picksOf(ids);
  }

  toggle(id: string): void {
    this.selection = toggled(this.selection, id);
  }

  /** The first missing pages that are looked at, few at once: what was only scrolled past is never asked for. */
  #load(): boolean {
    const lastPage = this.answered ? Math.max(0, Math.ceil(this.total / pageSize) - 1) : this.#wanted[1];
    const pages: number[] = [];
    for (;;) {
      const page = this.#loads.next(this.#wanted, this.#pages, lastPage);
      if (page === null) break;
      this.#loads.begin(page);
      pages.push(page);
    }
    for (const page of pages) void this.#read(page);
    return pages.length > 0;
  }

  async #read(page: number): Promise<void> {
    const asked = this.#asked;
    const loads = this.#loads;
    try {
      const { total, items } = await studio.api.searchGallery({
        query: this.query,
        offset: page * pageSize,
        limit: pageSize,
      });
      if (asked !== this.#asked) return;
      loads.end(page);
      this.#accept(page, total, items);
      this.#load();
    } catch (thrown) {
      loads.end(page);
      if (asked === this.#asked) notices.report(thrown);
    }
  }

  #accept(page: number, total: number, items: readonly GalleryItem[]): void {
    const activeId = this.item(this.active)?.imageId;
    this.#pages = this.#pages.with(page, items, total, this.#wanted);
    this.total = total;
    this.answered = true;
    const moved = activeId === undefined ? null : this.#pages.indexOf(activeId);
    this.active = Math.max(0, Math.min(total - 1, moved ?? this.active));
    // What left the answer is not picked any more; only a whole and new answer can tell.
    const here = this.items;
    if (this.selection.size > 0 && !this.#loads.hasStale && here.length >= total) {
      const left = remaining(this.selection, here);
      if (left.size < this.selection.size) this.selection = left;
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
