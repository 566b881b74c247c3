/** Masks of frames as this window paints and shows them. Each stroke is one committed action, so undo takes strokes back. */
import { SvelteMap } from 'svelte/reactivity';
import type { Frame, FrameMask } from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import type { ImageRegion } from '../../../shared/pictures/images.js';
import {
  added,
  effectiveMask,
  emptyMask,
  inverted,
  isEmpty,
  maskBounds,
  maskLimits,
  maskSizeFor,
  removed,
  resized,
  type Mask,
  type MaskSettings,
} from '../../../shared/pictures/mask.js';
import { outlineMask, strokeInto, type DirtyBox, type MaskPoint } from './mask-shapes.js';
import { documentState } from '../document/document.svelte.js';
import { encodeMask, fetchMask, PendingReads } from './mask-files.js';
import { preference, setPreference } from '../studio/preferences.js';
import { studio } from '../studio/studio.svelte.js';

export const maskColours = ['auto', 'red', 'green', 'blue', 'magenta', 'yellow', 'cyan'] as const;
export type MaskColour = (typeof maskColours)[number];

/** Radius in pixels of the picture. */
export const brushLimits = { smallest: 1, largest: 512 } as const;

/** A stroke under way: what it covers so far, and whether it takes away. */
export interface Stroke {
  frameId: string;
  mask: Mask;
  erase: boolean;
}

export interface MaskFiles {
  encode: (mask: Mask) => Promise<Uint8Array>;
  fetch: (address: string) => Promise<Mask>;
}

const plain: MaskSettings = { grow: 0, feather: 0 };
const loadedKept = 12;

export class MaskState {
  brushRadius = $state(preference('mask-brush', 10, isRadius));
  colour = $state<MaskColour>(preference('mask-colour', 'auto', isColour));
  visible = $state(true);
  /** Edits of a frame with a mask keep to it. */
  limitsEdits = $state(true);
  /** Of a masked change, only the tokens that matter under the mask are written anew. */
  rewritesOnlyMatter = $state(false);
  /** Share of the change under the mask that the rewritten tokens make up, 0…1. */
  rewriteShare = $state(0.7);
  /** Questions are about the masked part only. */
  limitsQuestions = $state(true);
  stroke = $state.raw<Stroke | null>(null);
  /** Settings while their slider is dragged. */
  trial = $state.raw<(MaskSettings & { frameId: string }) | null>(null);
  /** Counts the changes of the stroke under way, whose pixels change in place. */
  strokeVersion = $state(0);
  #dirty: DirtyBox | null = null;

  readonly #files: MaskFiles;
  /** By image id, those used last at the end. */
  readonly #loaded = new SvelteMap<string, Mask>();
  readonly #reads = new PendingReads();
  /** Painted, but not committed yet. */
  readonly #unsaved = new SvelteMap<string, Mask>();
  #lastSave: Promise<void> = Promise.resolve();

  constructor(files: MaskFiles = { encode: encodeMask, fetch: fetchMask }) {
    this.#files = files;
  }

  /** What was painted on a frame; null while it loads and where there is none. Reactive. */
  paintedOf(frame: Frame): Mask | null {
    const unsaved = this.#unsaved.get(frame.id);
    if (unsaved !== undefined) return isEmpty(unsaved) ? null : unsaved;
    if (frame.mask === undefined) return null;
    return this.#loaded.get(frame.mask.imageId) ?? null;
  }

  /** Grow and feather as they are shown: the document's, or those being tried. Reactive. */
  settingsOf(frame: Frame): MaskSettings {
    return this.trial?.frameId === frame.id ? this.trial : (frame.mask ?? plain);
  }

  trySettings(frame: Frame, change: Partial<MaskSettings>): void {
    const { grow, feather } = this.settingsOf(frame);
    this.trial = { grow, feather, ...change, frameId: frame.id };
  }

  /** Starts loading a frame's mask; cheap when it is there. Throws what reading it fails with. */
  async load(frame: Frame): Promise<Mask | null> {
    if (frame.mask === undefined) return null;
    const { imageId } = frame.mask;
    const known = this.#loaded.get(imageId);
    if (known !== undefined) return known;
    const mask = await this.#reads.once(imageId, () => this.#files.fetch(studio.api.imageUrl(imageId)));
    this.#remember(imageId, mask);
    return mask;
  }

  /** The mask an edit of this frame keeps to, null for none. */
  limitOf(frame: Frame): FrameMask | null {
    return this.limitsEdits && frame.mask !== undefined ? frame.mask : null;
  }

  /** The masked part of the picture as a rectangle, pixels of the picture; null without a mask. */
  async regionOf(frame: Frame): Promise<ImageRegion | null> {
    const mask = await this.effectiveOf(frame, { feather: 0 });
    return mask === null ? null : maskBounds(mask);
  }

  /** As edits use it, in the picture's size: grown and feathered. Null without a mask. Throws what reading it fails with. */
  async effectiveOf(frame: Frame, change: Partial<MaskSettings> = {}): Promise<Mask | null> {
    const painted = await this.load(frame);
    if (painted === null || frame.mask === undefined) return null;
    return effectiveMask(painted, { ...frame.mask, ...change }, frame.pixelWidth, frame.pixelHeight);
  }

  setBrushRadius(radius: number): void {
    this.brushRadius = Math.min(brushLimits.largest, Math.max(brushLimits.smallest, Math.round(radius)));
    setPreference('mask-brush', this.brushRadius);
  }

  /** One step on the way from the finest to the widest brush, each a fifth more than the last. */
  stepBrush(direction: 1 | -1): void {
    const next = this.brushRadius * 1.2 ** direction;
    this.setBrushRadius(direction === 1 ? Math.max(this.brushRadius + 1, next) : Math.min(this.brushRadius - 1, next));
  }

  setColour(colour: MaskColour): void {
    this.colour = colour;
    setPreference('mask-colour', colour);
  }

  paint(frame: Frame, from: MaskPoint, to: MaskPoint, erase: boolean): void {
    const size = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
    if (this.stroke?.frameId !== frame.id) {
      this.stroke = { frameId: frame.id, mask: emptyMask(size.width, size.height), erase };
    }
    const radius = this.brushRadius * (size.width / frame.pixelWidth);
    const dirty = strokeInto(this.stroke.mask, from, to, radius);
    if (dirty === null) return;
    const known = this.#dirty;
    this.#dirty =
      known === null
        ? dirty
        : {
            left: Math.min(known.left, dirty.left),
            top: Math.min(known.top, dirty.top),
            right: Math.max(known.right, dirty.right),
            bottom: Math.max(known.bottom, dirty.bottom),
          };
    this.strokeVersion++;
  }

  /** The part of the stroke that changed since the last call. */
  takeDirty(): DirtyBox | null {
    const dirty = this.#dirty;
    this.#dirty = null;
    return dirty;
  }

  abandonStroke(): void {
    this.stroke = null;
    this.#dirty = null;
  }

  async endStroke(frame: Frame): Promise<void> {
    const { stroke } = this;
    this.abandonStroke();
    if (stroke === null || stroke.frameId !== frame.id || isEmpty(stroke.mask)) return;
    await this.#change(frame.id, stroke.erase ? 'Erase mask' : 'Paint mask', (mask) =>
      stroke.erase ? removed(mask, stroke.mask) : added(mask, stroke.mask),
    );
  }

  async fill(frame: Frame, outline: readonly MaskPoint[], erase: boolean): Promise<void> {
    await this.#change(frame.id, erase ? 'Take from mask' : 'Add to mask', (mask) => {
      const shape = outlineMask(mask.width, mask.height, outline);
      return erase ? removed(mask, shape) : added(mask, shape);
    });
  }

  async invert(frame: Frame): Promise<void> {
    await this.#change(frame.id, 'Invert mask', inverted);
  }

  async coverAll(frame: Frame): Promise<void> {
    await this.#change(frame.id, 'Mask everything', (mask) => ({ ...mask, data: mask.data.map(() => 255) }));
  }

  async clear(frame: Frame): Promise<void> {
    await this.#change(frame.id, 'Remove mask', ({ width, height }) => emptyMask(width, height));
  }

  /** The mask a frame was made with becomes its own: the next change keeps to the same part. */
  async reuse(frame: Frame): Promise<void> {
    const mask = maskMadeWith(frame);
    if (mask === null) return;
    documentState.assertWritable();
    await documentState.commit('Use the mask again', [{ type: 'put-frame', frame: { ...frame, mask } }]);
  }

  /** The image's light parts become the mask; another size is stretched to the frame's. */
  async replace(frame: Frame, image: Mask): Promise<void> {
    await this.#change(frame.id, 'Import mask', ({ width, height }) => resized(image, width, height));
  }

  /** Writes the tried settings down. */
  async keepSettings(): Promise<void> {
    const { trial } = this;
    const frame = trial === null ? null : documentState.frame(trial.frameId);
    try {
      if (trial === null || frame?.mask === undefined) return;
      const { grow, feather } = trial;
      if (grow === frame.mask.grow && feather === frame.mask.feather) return;
      const label = grow === frame.mask.grow ? 'Feather mask' : 'Grow mask';
      const next = { ...frame, mask: { ...frame.mask, grow, feather } };
      await documentState.commit(label, [{ type: 'put-frame', frame: next }]);
    } finally {
      if (this.trial === trial) this.trial = null;
    }
  }

  /** Shown at once; written down one after the other, since strokes come faster than that. */
  async #change(frameId: string, label: string, change: (mask: Mask) => Mask): Promise<void> {
    documentState.assertWritable();
    const frame = documentState.frame(frameId);
    if (frame === null) return;
    const size = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
    // Nothing is waited for where it is known, so that the next stroke already builds on this one.
    if (!this.#unsaved.has(frameId) && frame.mask !== undefined && !this.#loaded.has(frame.mask.imageId)) {
      await this.load(frame);
    }
    const known = this.#unsaved.get(frameId) ?? this.paintedOf(frame);
    const before = known === null ? emptyMask(size.width, size.height) : resized(known, size.width, size.height);
    const mask = change(before);
    if (isEmpty(mask) && known === null) return;
    this.#unsaved.set(frameId, mask);
    const save = () => this.#save(frameId, label, mask);
    return documentState.expect((this.#lastSave = this.#lastSave.then(save, save)));
  }

  async #save(frameId: string, label: string, mask: Mask): Promise<void> {
    try {
      const stored = isEmpty(mask) ? null : await this.#store(mask);
      const frame = documentState.frame(frameId);
      if (frame === null) return;
      const { mask: settings, ...bare } = frame;
      const { grow, feather } = settings ?? plain;
      const next = stored === null ? bare : { ...bare, mask: { imageId: stored, grow, feather } };
      await documentState.commit(label, [{ type: 'put-frame', frame: next }]);
    } finally {
      if (this.#unsaved.get(frameId) === mask) this.#unsaved.delete(frameId);
    }
  }

  async #store(mask: Mask): Promise<string> {
    const bytes = await this.#files.encode(mask);
    const { imageId, width } = await studio.api.importImage({ bytes, fileName: 'mask.png' });
    if (width !== mask.width) {
      throw new StudioError(
        'internal',
        'The mask came back in another size.',
        'Paint it again; if it happens again, please report it.',
      );
    }
    this.#remember(imageId, mask);
    return imageId;
  }

  #remember(imageId: string, mask: Mask): void {
    this.#loaded.delete(imageId);
    this.#loaded.set(imageId, mask);
    for (const oldest of [...this.#loaded.keys()].slice(0, -loadedKept)) this.#loaded.delete(oldest);
  }
}

export function maskMadeWith({ origin }: Pick<Frame, 'origin'>): FrameMask | null {
  return ('mask' in origin ? origin.mask : undefined) ?? null;
}

function isRadius(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= brushLimits.largest;
}

function isColour(value: unknown): value is MaskColour {
  return maskColours.some((colour) => colour === value);
}

export const settingLimits = {
  grow: { smallest: -Math.min(64, maskLimits.grow), largest: Math.min(64, maskLimits.grow) },
  feather: { smallest: 0, largest: Math.min(64, maskLimits.feather) },
} as const;

export const masks = new MaskState();
