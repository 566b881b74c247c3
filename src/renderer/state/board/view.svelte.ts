import { noteColours, type Note, type NoteColour } from '../../../shared/document/annotations.js';
import { isEnlargement, type Enlargement } from '../../../shared/pictures/enlarge.js';
import { clearOf, fitClearOf, mapCorner } from './clear-view.js';
import {
  clampZoom,
  fitCamera,
  intersects,
  nextZoomStep,
  rectangleToScreen,
  revealCamera,
  zoomAround,
  type Camera,
  type Point,
  type Rectangle,
  type Size,
} from './geometry.js';
import { mapFits } from './minimap.js';
import { preference, setPreference } from '../studio/preferences.js';

export type ToolName = 'select' | 'hand' | 'note' | 'arrow' | 'brush' | 'eraser' | 'mask-rectangle' | 'lasso';
export type ViewMode = 'create' | 'explore';
export type ThemeName = 'dark' | 'light' | 'system';
export type DialogName = 'shortcuts' | 'palette' | 'analyses' | 'grid' | 'packs' | 'install-pack' | 'install-cuda';

export const panelLimits = {
  side: { smallest: 288, largest: 520, initial: 336 },
  timeline: { smallest: 160, initial: 300 },
} as const;

/** Share of the window the timeline takes while exploring; in a low window its tools need more, and this many pixels. */
const exploring = { share: 0.6, largest: 0.72, most: 0.72, enough: 480 };

/** Width on screen at which a new picture can be judged, CSS pixels. */
const judgedAt = 160;

/** What one window shows and how; never part of the document. */
export class ViewState {
  camera = $state.raw<Camera>({ x: 0, y: 0, zoom: 1 });
  viewport = $state.raw<Size>({ width: 1, height: 1 });
  /** Where the zoom's controls lie over the board, screen pixels; null until they are there. */
  bar = $state.raw<Rectangle | null>(null);
  selection = $state.raw<readonly string[]>([]);
  tool = $state<ToolName>('select');
  /** Space held: pan without leaving the tool. */
  panning = $state(false);
  /** The note being written, as it was before; a new one is not in the document yet. */
  writing = $state.raw<Note | null>(null);
  /** The frame whose name is to be written anew: its field takes the focus. */
  naming = $state.raw<string | null>(null);
  minimapOpen = $state(preference('minimap-open', true, isBoolean));
  /** Times their own pixels that pictures on the board get where they are shown larger than they are; files stay as they are. */
  enlargement = $state(preference<Enlargement>('board-enlargement', 1, isEnlargement));
  /** The colour the next note or arrow gets. */
  noteColour = $state<NoteColour>(preference('note-colour', 'yellow', isNoteColour));
  mode = $state<ViewMode>('create');
  dialog = $state<DialogName | null>(null);
  theme = $state<ThemeName>(preference('theme', 'system', isTheme));
  systemIsLight = $state(false);
  sideWidth = $state(preference('side-width', panelLimits.side.initial, isNumber));
  timelineOpen = $state(preference('timeline-open', true, isBoolean));
  windowHeight = $state(800);
  #timelineHeight = $state<number>(preference('timeline-height', panelLimits.timeline.initial, isNumber));

  /** CSS pixels; Explore enlarges the timeline without forgetting the height chosen in Create. */
  get timelineHeight(): number {
    // In Create the board keeps the larger part, also in a small window.
    const share = this.mode === 'explore' ? exploring.largest : 0.42;
    const largest = Math.max(panelLimits.timeline.smallest, this.windowHeight * share);
    const explored = Math.max(
      this.windowHeight * exploring.share,
      Math.min(exploring.enough, this.windowHeight * exploring.most),
    );
    const wanted = this.mode === 'explore' ? Math.max(this.#timelineHeight, explored) : this.#timelineHeight;
    return Math.round(Math.min(largest, Math.max(panelLimits.timeline.smallest, wanted)));
  }

  set timelineHeight(height: number) {
    this.#timelineHeight = Math.round(Math.max(panelLimits.timeline.smallest, height));
    setPreference('timeline-height', this.#timelineHeight);
  }

  setSideWidth(width: number): void {
    this.sideWidth = Math.round(Math.min(panelLimits.side.largest, Math.max(panelLimits.side.smallest, width)));
    setPreference('side-width', this.sideWidth);
  }

  setTimelineOpen(open: boolean): void {
    this.timelineOpen = open;
    setPreference('timeline-open', open);
  }

  setMinimapOpen(open: boolean): void {
    this.minimapOpen = open;
    setPreference('minimap-open', open);
  }

  setEnlargement(factor: Enlargement): void {
    this.enlargement = factor;
    setPreference('board-enlargement', factor);
  }

  setNoteColour(colour: NoteColour): void {
    this.noteColour = colour;
    setPreference('note-colour', colour);
  }

  setMode(mode: ViewMode): void {
    this.mode = mode;
    if (mode === 'explore') this.setTimelineOpen(true);
  }

  get shownTheme(): 'dark' | 'light' {
    if (this.theme !== 'system') return this.theme;
    return this.systemIsLight ? 'light' : 'dark';
  }

  setTheme(theme: ThemeName): void {
    this.theme = theme;
    setPreference('theme', theme);
  }

  select(ids: readonly string[]): void {
    if (ids.length === this.selection.length && ids.every((id, index) => id === this.selection[index])) return;
    this.selection = ids;
  }

  panBy(dx: number, dy: number): void {
    this.camera = { ...this.camera, x: this.camera.x + dx, y: this.camera.y + dy };
  }

  /** `screen` defaults to the middle of the board. */
  zoomTo(zoom: number, screen: Point = this.#middle()): void {
    this.camera = zoomAround(this.camera, screen, clampZoom(zoom));
  }

  zoomStep(direction: 1 | -1): void {
    this.zoomTo(nextZoomStep(this.camera.zoom, direction));
  }

  /** `parts`: what `content` consists of, where not all of it is filled; none of them is left under the map. */
  fit(content: Rectangle | null, largestZoom?: number, parts: readonly Rectangle[] = []): void {
    const shown = content ?? { x: -128, y: -128, width: 256, height: 256 };
    // A low board has less to spare.
    const margin = Math.min(64, Math.max(16, 0.18 * this.viewport.height));
    if (!this.#mapShows) this.camera = fitCamera(shown, this.viewport, margin, largestZoom);
    else {
      const all = parts.length === 0 ? [shown] : parts;
      this.camera = fitClearOf(mapCorner(this.viewport), all, this.viewport, margin, largestZoom);
    }
  }

  /** `margin`: CSS pixels left free around it; a low board has less to spare. */
  reveal(content: Rectangle, margin = Math.min(56, Math.max(26, 0.16 * this.viewport.height))): void {
    const camera = revealCamera(this.camera, content, this.viewport, margin);
    this.camera = this.#mapShows ? clearOf(mapCorner(this.viewport), camera, [content], margin) : camera;
  }

  /**
   * Shows new frames, `width` board units each: all of them, and none so small that it cannot be judged where the board has
   * room for more.
   */
  revealNew(content: Rectangle, width: number): void {
    this.reveal(content);
    const wanted = judgedAt / width;
    if (this.camera.zoom >= wanted) return;
    const before = this.camera;
    this.fit(content, wanted);
    if (this.camera.zoom < before.zoom) this.camera = before;
  }

  /**
   * As `reveal`, but whoever looks closely at a part of `content` keeps that view: it is left where showing all would take
   * less than `leastShare` of the present zoom. Tells whether all of it is shown.
   */
  revealUnlessClose(content: Rectangle, leastShare: number): boolean {
    const before = this.camera;
    this.reveal(content);
    const looksAtIt = intersects(rectangleToScreen(before, content), { x: 0, y: 0, ...this.viewport });
    if (!looksAtIt || this.camera.zoom >= leastShare * before.zoom) return true;
    this.camera = before;
    return false;
  }

  get #mapShows(): boolean {
    return this.minimapOpen && mapFits(this.viewport);
  }

  #middle(): Point {
    return { x: this.viewport.width / 2, y: this.viewport.height / 2 };
  }
}

function isTheme(value: unknown): value is ThemeName {
  return value === 'dark' || value === 'light' || value === 'system';
}

function isNoteColour(value: unknown): value is NoteColour {
  return noteColours.some((colour) => colour === value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export const view = new ViewState();
