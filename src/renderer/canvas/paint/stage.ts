/**
 * The document drawn with Konva, one way: a scene goes in, nothing is read back. Pictures lie over the board's dots in one layer that the camera
 * transforms; titles, outlines, notes and arrows lie in screen space above it, so that they stay crisp at every zoom.
 */
import Konva from 'konva';
import type { Frame } from '../../../shared/document/document.js';
import type { Rectangle } from '../../state/board/geometry.js';
import { ImageStore } from './bitmaps.js';
import { paintDots } from './dots.js';
import { HeatPicture } from './heat-picture.js';
import { paintOverlay } from './overlay.js';
import { PicturePainter } from './pictures.js';
import type { Scene } from './scene.js';

export class BoardStage {
  readonly #stage: Konva.Stage;
  readonly #pictureLayer = new Konva.Layer({ listening: false });
  readonly #content = new Konva.Group();
  readonly #heat = new HeatPicture();
  readonly #overlayLayer = new Konva.Layer({ listening: false });
  readonly #images: ImageStore;
  readonly #pictures: PicturePainter;
  readonly #onPictures: (complete: boolean) => void;
  #scene: Scene | null = null;
  #places: (frame: Frame) => Rectangle = (frame) => frame;

  /** `onPictures` hears after every drawing whether all pictures in view were shown in their best size. */
  constructor(
    container: HTMLDivElement,
    imageUrl: (imageId: string) => string,
    onPictures: (complete: boolean) => void,
  ) {
    this.#onPictures = onPictures;
    this.#stage = new Konva.Stage({ container, width: 1, height: 1, listening: false });
    this.#images = new ImageStore(imageUrl, () => this.#pictureLayer.batchDraw());
    this.#pictures = new PicturePainter(this.#images);
    this.#content.add(
      paintedShape(this.#pictureLayer, (context) => this.#paintPictures(context)),
      this.#heat.node,
    );
    this.#pictureLayer.add(
      paintedShape(this.#pictureLayer, (context) => this.#paintDots(context)),
      this.#content,
    );
    this.#overlayLayer.add(
      paintedShape(this.#overlayLayer, (context) => {
        if (this.#scene !== null) paintOverlay(context, this.#scene, this.#places);
      }),
    );
    this.#stage.add(this.#pictureLayer, this.#overlayLayer);
  }

  render(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    this.#places = placesOf(scene);
    if (before?.viewport !== scene.viewport) this.#stage.size(scene.viewport);
    if (before?.camera !== scene.camera) {
      const { x, y, zoom } = scene.camera;
      this.#content.setAttrs({ x, y, scaleX: zoom, scaleY: zoom });
    }
    if (before?.frames !== scene.frames || before.pending !== scene.pending) {
      this.#pictures.update(scene.frames, scene.pending);
    }
    if (before?.frames !== scene.frames) this.#images.keepOnly(new Set(scene.frames.map((frame) => frame.imageId)));
    this.#heat.show(scene.heat, scene.frames, this.#places);
    if (before === null || picturesDiffer(before, scene)) this.#pictureLayer.batchDraw();
    this.#overlayLayer.batchDraw();
  }

  /** The same scene on canvases that were emptied. */
  repaint(): void {
    this.#pictureLayer.batchDraw();
    this.#overlayLayer.batchDraw();
  }

  destroy(): void {
    this.#stage.destroy();
  }

  #paintDots(context: CanvasRenderingContext2D): void {
    if (this.#scene === null) return;
    const { camera, viewport, colours } = this.#scene;
    const pixelRatio = this.#pictureLayer.getCanvas().getPixelRatio();
    paintDots(context, { camera, viewport, colour: colours.dot, pixelRatio });
  }

  #paintPictures(context: CanvasRenderingContext2D): void {
    const scene = this.#scene;
    if (scene === null) return;
    this.#pictures.paint(context, scene.frames, this.#places, {
      camera: scene.camera,
      viewport: scene.viewport,
      pixelRatio: this.#pictureLayer.getCanvas().getPixelRatio(),
      placeholder: scene.colours.placeholder,
      enlargement: scene.enlargement,
    });
    this.#onPictures(this.#images.complete);
  }
}

/** Hovering and the marquee leave the pictures as they are. */
function picturesDiffer(before: Scene, after: Scene): boolean {
  const parts = ['camera', 'viewport', 'frames', 'pending', 'dragged', 'heat', 'colours', 'enlargement'] as const;
  return (
    parts.some((part) => before[part] !== after[part]) ||
    (after.dragged !== null && before.selection !== after.selection)
  );
}

function placesOf({ dragged, selection }: Scene): (frame: Frame) => Rectangle {
  if (dragged === null) return (frame) => frame;
  const chosen = new Set(selection);
  return (frame) =>
    chosen.has(frame.id) && frame.locked !== true
      ? { x: frame.x + dragged.x, y: frame.y + dragged.y, width: frame.width, height: frame.height }
      : frame;
}

function paintedShape(layer: Konva.Layer, paint: (context: CanvasRenderingContext2D) => void): Konva.Shape {
  return new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    // Konva has transformed the layer's own context by the camera; painters want all of the canvas's interface.
    sceneFunc: () => paint(layer.getNativeCanvasElement().getContext('2d')!),
  });
}
