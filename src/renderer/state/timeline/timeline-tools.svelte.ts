/** What a person does with the tokens of the timeline: which tool is open, which tokens and which place are picked. */
import { SvelteSet } from 'svelte/reactivity';
import type { TokenRange } from '../../../shared/tokens/tokens.js';
import type { Place } from './readings/timeline-heat.js';
import { view, type ViewState } from '../board/view.svelte.js';

export type ToolTab = 'look' | 'branch' | 'blend' | 'compare';

export class TimelineTools {
  tab = $state<ToolTab>('look');
  /** The picked run of tokens. */
  range = $state.raw<TokenRange | null>(null);
  /** The run a person points at, in the matrix, the strip or the film; wins over the picked one until another is picked. */
  hovered = $state.raw<TokenRange | null>(null);
  /** The picked place in the picture; follows the pointer while nothing is pinned. */
  place = $state.raw<Place | null>(null);
  pinned = $state(false);
  /** How strongly the heatmap covers the picture, 0…1. */
  heatOpacity = $state(0.85);
  /** The frame whose tokens are blended in. */
  donorId = $state<string | null>(null);
  /** The frame this one is compared with. */
  comparedId = $state<string | null>(null);
  /** The timeline fills the screen, for an audience. */
  presenting = $state(false);
  /** Tokens that keep their codes when the others are rewritten. */
  readonly locked = new SvelteSet<number>();
  #anchor = 0;
  readonly #view: Pick<ViewState, 'mode'>;

  constructor(window: Pick<ViewState, 'mode'> = view) {
    this.#view = window;
  }

  /** The tool in use; only Explore has room for more than looking. */
  get active(): ToolTab {
    return this.#view.mode === 'explore' ? this.tab : 'look';
  }

  /** Looking in Explore: the picture says which tokens made it, and tokens show where they are at work. */
  get looking(): boolean {
    return this.#view.mode === 'explore' && this.tab === 'look';
  }

  /** The tokens that light up: those pointed at, else those picked. */
  get lit(): TokenRange | null {
    return this.hovered ?? this.range;
  }

  point(range: TokenRange | null): void {
    this.hovered = range;
  }

  pick(index: number): void {
    this.hovered = null;
    this.#anchor = index;
    this.range = { from: index, to: index };
  }

  /** From the token picked first to this one, whichever is coarser. */
  extend(index: number): void {
    if (this.range === null) return this.pick(index);
    this.hovered = null;
    this.range = { from: Math.min(this.#anchor, index), to: Math.max(this.#anchor, index) };
  }

  pickRange({ from, to }: TokenRange): void {
    this.hovered = null;
    this.#anchor = to;
    this.range = { from, to };
  }

  includes(index: number): boolean {
    return this.range !== null && index >= this.range.from && index <= this.range.to;
  }

  /** Whether token `index` lights up. */
  lights(index: number): boolean {
    const { lit } = this;
    return lit !== null && index >= lit.from && index <= lit.to;
  }

  /** Locks all of them; when all are locked already, lets go of them. */
  toggleLock({ from, to }: TokenRange): void {
    const tokens = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    const unlock = tokens.every((index) => this.locked.has(index));
    for (const index of tokens) {
      if (unlock) this.locked.delete(index);
      else this.locked.add(index);
    }
  }

  clear(): void {
    this.range = null;
  }

  hoverPlace(place: Place | null): void {
    if (!this.pinned) this.place = place;
  }

  /** Keeps the place while the pointer goes elsewhere; the same place again lets go of it. */
  pinPlace(place: Place): void {
    const same =
      this.pinned && this.place !== null && Math.hypot(this.place.x - place.x, this.place.y - place.y) < 0.02;
    this.pinned = !same;
    this.place = place;
  }

  releasePlace(): void {
    this.pinned = false;
    this.place = null;
  }

  /** Another picture: what was picked in the old one means nothing here. */
  reset(count: number): void {
    this.releasePlace();
    this.hovered = null;
    this.locked.clear();
    if (this.range !== null && this.range.to >= count) this.range = null;
  }
}

export const tools = new TimelineTools();
