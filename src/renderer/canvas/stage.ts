/**
 * The document drawn with Konva, one way: a scene goes in, nothing is read back. Pictures live in a group that the camera
 * transforms; titles, outlines and arrows live in screen space above it, so that they stay crisp at every zoom.
 */
import Konva from 'konva';
import type { Frame } from '../../shared/document.js';
import type { Preview } from '../state/jobs.svelte.js';
import { rectangleToScreen, type Camera, type Point, type Rectangle, type Size } from '../state/geometry.js';
import { ImageStore, paint, type Bitmap } from './bitmaps.js';
import { OverlayPainter, type BoardColours } from './overlay.js';

export interface PendingPicture {
  key: string;
  place: Rectangle;
  preview: Preview | null;
}

export interface Scene {
  camera: Camera;
  viewport: Size;
  /** Back to front. */
  frames: readonly Frame[];
  selection: readonly string[];
  hovered: string | null;
  /** How far the selected frames are being dragged, board units. */
  dragged: Point | null;
  marquee: Rectangle | null;
  pending: readonly PendingPicture[];
  colours: BoardColours;
}

/** Above this many screen pixels per image pixel, pixels are shown as what they are. */
const smoothBelow = 3;

interface FrameView {
  node: Konva.Image;
  frame: Frame;
}

interface PendingView {
  node: Konva.Image;
  canvas: HTMLCanvasElement;
  preview: Preview | null;
}

export class BoardStage {
  readonly #stage: Konva.Stage;
  readonly #pictures = new Konva.Layer({ listening: false });
  readonly #content = new Konva.Group();
  readonly #overlayLayer = new Konva.Layer({ listening: false });
  readonly #overlay: OverlayPainter;
  readonly #images: ImageStore;
  readonly #frames = new Map<string, FrameView>();
  readonly #pending = new Map<string, PendingView>();
  #scene: Scene | null = null;

  constructor(container: HTMLDivElement, imageUrl: (imageId: string) => string) {
    this.#stage = new Konva.Stage({ container, width: 1, height: 1, listening: false });
    this.#pictures.add(this.#content);
    this.#overlay = new OverlayPainter(this.#overlayLayer);
    this.#stage.add(this.#pictures, this.#overlayLayer);
    this.#images = new ImageStore(imageUrl, () => this.#refresh());
  }

  render(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.viewport !== scene.viewport) this.#stage.size(scene.viewport);
    if (before?.camera !== scene.camera) {
      const { x, y, zoom } = scene.camera;
      this.#content.setAttrs({ x, y, scaleX: zoom, scaleY: zoom });
    }
    if (before?.frames !== scene.frames) this.#keepImages(scene);
    this.#renderFrames(scene);
    this.#renderPending(scene);
    this.#overlay.paint(scene, (frame) => this.#placeOf(frame, scene));
    this.#pictures.batchDraw();
    this.#overlayLayer.batchDraw();
  }

  destroy(): void {
    this.#stage.destroy();
  }

  #refresh(): void {
    if (this.#scene !== null) this.render({ ...this.#scene });
  }

  #keepImages(scene: Scene): void {
    this.#images.keepOnly(new Set(scene.frames.map((frame) => frame.imageId)));
  }

  #renderFrames(scene: Scene): void {
    const present = new Set(scene.frames.map((frame) => frame.id));
    for (const [id, view] of this.#frames) {
      if (present.has(id)) continue;
      view.node.destroy();
      this.#frames.delete(id);
    }
    scene.frames.forEach((frame, index) => {
      const view = this.#frames.get(frame.id) ?? this.#addFrame(frame);
      const loaded = this.#images.get(frame.imageId);
      if (loaded.state === 'ready' && view.node.image() !== loaded.bitmap) view.node.image(loaded.bitmap);
      view.frame = frame;
      const place = this.#placeOf(frame, scene);
      if (view.node.x() !== place.x || view.node.y() !== place.y) view.node.position(place);
      if (view.node.width() !== place.width || view.node.height() !== place.height) view.node.size(place);
      view.node.visible(view.node.image() !== undefined && this.#isVisible(place, scene));
      if (view.node.zIndex() !== index) view.node.zIndex(index);
    });
  }

  /** A generated frame takes over the last preview that stood in its place, so that nothing blinks while its file loads. */
  #addFrame(frame: Frame): FrameView {
    const preview = this.#scene?.pending.find(({ place }) => place.x === frame.x && place.y === frame.y);
    const takenOver =
      preview === undefined
        ? [...this.#pending.values()].find(({ node }) => node.x() === frame.x && node.y() === frame.y)?.canvas
        : this.#pending.get(preview.key)?.canvas;
    const node = pictureNode(takenOver);
    this.#content.add(node);
    const view: FrameView = { node, frame };
    this.#frames.set(frame.id, view);
    return view;
  }

  #renderPending(scene: Scene): void {
    const present = new Set(scene.pending.map(({ key }) => key));
    for (const [key, view] of this.#pending) {
      if (present.has(key)) continue;
      view.node.destroy();
      this.#pending.delete(key);
    }
    for (const { key, place, preview } of scene.pending) {
      const view = this.#pending.get(key) ?? this.#addPending(key, place);
      if (preview === null || preview === view.preview) continue;
      view.preview = preview;
      paint(view.canvas, preview.image);
      view.node.visible(true);
    }
  }

  #addPending(key: string, place: Rectangle): PendingView {
    const canvas = document.createElement('canvas');
    const node = pictureNode(canvas);
    node.position(place).size(place).visible(false);
    this.#content.add(node);
    const view: PendingView = { node, canvas, preview: null };
    this.#pending.set(key, view);
    return view;
  }

  #placeOf(frame: Frame, scene: Scene): Rectangle {
    const { x, y, width, height } = frame;
    const by = scene.dragged;
    if (by === null || !scene.selection.includes(frame.id)) return { x, y, width, height };
    return { x: x + by.x, y: y + by.y, width, height };
  }

  #isVisible(place: Rectangle, scene: Scene): boolean {
    const shown = rectangleToScreen(scene.camera, place);
    const { width, height } = scene.viewport;
    return shown.x < width && shown.y < height && shown.x + shown.width > 0 && shown.y + shown.height > 0;
  }
}

/** Smoothing is decided per picture: images of different resolution share one board. */
function pictureNode(bitmap: Bitmap | undefined): Konva.Image {
  return new Konva.Image({
    image: bitmap,
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc: (context, shape) => {
      const image = (shape as Konva.Image).image();
      if (image === undefined || !(image instanceof HTMLImageElement || image instanceof HTMLCanvasElement)) return;
      const pixels = image instanceof HTMLImageElement ? image.naturalWidth : image.width;
      if (pixels === 0) return;
      const native = context._context;
      native.imageSmoothingEnabled = (shape.width() * shape.getAbsoluteScale().x) / pixels < smoothBelow;
      native.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, shape.width(), shape.height());
    },
  });
}
