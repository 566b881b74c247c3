/** Frames' pictures and the previews of what is under way, painted in board units: only what is in view, in the size it has there. */
import type { Frame } from '../../../shared/document/document.js';
import type { Enlargement } from '../../../shared/pictures/enlarge.js';
import { intersects, toBoard, type Camera, type Rectangle, type Size } from '../../state/board/geometry.js';
import type { Preview } from '../../state/jobs/jobs.svelte.js';
import { paint, type Bitmap, type ImageStore } from './bitmaps.js';

export interface PendingPicture {
  key: string;
  place: Rectangle;
  preview: Preview | null;
}

interface PendingView {
  place: Rectangle;
  canvas: HTMLCanvasElement;
  preview: Preview | null;
}

/** Above this many screen pixels per image pixel, pixels are shown as what they are. */
const smoothBelow = 3;

export class PicturePainter {
  readonly #images: ImageStore;
  readonly #pending = new Map<string, PendingView>();
  /** The last preview of a new frame, shown until its file is loaded, so that nothing blinks. */
  readonly #standIns = new Map<string, HTMLCanvasElement>();
  #known: ReadonlySet<string> = new Set();

  constructor(images: ImageStore) {
    this.#images = images;
  }

  /** Takes over new frames and previews. */
  update(frames: readonly Frame[], pending: readonly PendingPicture[]): void {
    const present = new Set(frames.map((frame) => frame.id));
    for (const frame of frames) if (!this.#known.has(frame.id)) this.#takeOver(frame);
    for (const id of this.#standIns.keys()) if (!present.has(id)) this.#standIns.delete(id);
    this.#known = present;
    const keys = new Set(pending.map(({ key }) => key));
    for (const key of [...this.#pending.keys()]) if (!keys.has(key)) this.#pending.delete(key);
    for (const one of pending) this.#updatePreview(one);
  }

  /** `context` is in board units under `camera`. */
  paint(
    context: CanvasRenderingContext2D,
    frames: readonly Frame[],
    placeOf: (frame: Frame) => Rectangle,
    view: { camera: Camera; viewport: Size; pixelRatio: number; placeholder: string; enlargement: Enlargement },
  ): void {
    const { camera, viewport, pixelRatio, enlargement } = view;
    const scale = camera.zoom * pixelRatio;
    const shown = {
      ...toBoard(camera, { x: 0, y: 0 }),
      width: viewport.width / camera.zoom,
      height: viewport.height / camera.zoom,
    };
    this.#images.begin();
    for (const frame of frames) {
      const place = placeOf(frame);
      if (!intersects(place, shown)) continue;
      const longest = Math.max(frame.pixelWidth, frame.pixelHeight);
      const found = this.#images.get(frame.imageId, Math.max(place.width, place.height) * scale, longest, enlargement);
      const standIn = this.#standIns.get(frame.id);
      if (found.state === 'ready') {
        if (standIn !== undefined) this.#standIns.delete(frame.id);
        const pixels = Math.max(frame.pixelWidth, found.bitmap.width);
        draw(context, found.bitmap, place, (place.width * scale) / pixels);
      } else if (standIn !== undefined) draw(context, standIn, place, (place.width * scale) / standIn.width);
      else {
        context.fillStyle = view.placeholder;
        context.fillRect(place.x, place.y, place.width, place.height);
      }
    }
    this.#images.end();
    for (const { canvas, place, preview } of this.#pending.values()) {
      if (preview !== null) draw(context, canvas, place, (place.width * scale) / canvas.width);
    }
  }

  #takeOver(frame: Frame): void {
    const preview = [...this.#pending.values()].find(
      (one) => one.preview !== null && one.place.x === frame.x && one.place.y === frame.y,
    );
    if (preview !== undefined) this.#standIns.set(frame.id, preview.canvas);
  }

  #updatePreview({ key, place, preview }: PendingPicture): void {
    const view = this.#pending.get(key) ?? { place, canvas: document.createElement('canvas'), preview: null };
    this.#pending.set(key, view);
    view.place = place;
    if (preview === null || preview === view.preview) return;
    view.preview = preview;
    paint(view.canvas, preview.image);
  }
}

/** Smoothing is decided per picture: images of different resolution share one board. */
function draw(context: CanvasRenderingContext2D, bitmap: Bitmap, place: Rectangle, magnification: number): void {
  context.imageSmoothingEnabled = magnification < smoothBelow;
  context.drawImage(bitmap, place.x, place.y, place.width, place.height);
}
