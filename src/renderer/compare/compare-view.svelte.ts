/** How two pictures are looked at: where they lie, how near, and where the edge between them stands. CSS pixels of one pane. */
import { noFingers, pinch, withFinger, withoutFinger, type Fingers } from '../canvas/tools/pinch.js';
import { fitCamera, zoomAround, type Camera, type Point, type Rectangle, type Size } from '../state/board/geometry.js';

/** Around the whole picture. */
const margin = 24;
/** To both sides of the edge: close enough to take hold of it. */
const reach = 24;

export class CompareView {
  /** Of the pictures, pixels. */
  natural = $state.raw<Size>({ width: 128, height: 128 });
  /** What a pane leaves for the picture. */
  room = $state.raw<Size>({ width: 1, height: 1 });
  /** Null: the whole picture, also when the room changes. */
  camera = $state.raw<Camera | null>(null);
  /** Where the edge stands, 0 = left edge of the picture, 1 = right. */
  split = $state(0.5);
  grabbed = $state.raw<'split' | 'pan' | 'pinch' | null>(null);
  /** Pointers that are down, by id. */
  #fingers: Fingers = noFingers;

  get shown(): Camera {
    return this.camera ?? fitCamera({ x: 0, y: 0, ...this.natural }, this.room, margin, margin);
  }

  get picture(): Rectangle {
    const { x, y, zoom } = this.shown;
    return { x, y, width: this.natural.width * zoom, height: this.natural.height * zoom };
  }

  /** From the left of the pane. */
  get edge(): number {
    return this.picture.x + this.picture.width * this.split;
  }

  /** A pointer goes down. `hasEdge`: there is one to take hold of; else, and away from it, the pictures are moved. */
  press(id: number, at: Point, hasEdge: boolean): void {
    this.#fingers = withFinger(this.#fingers, id, at);
    if (this.#fingers.size === 2) this.grabbed = 'pinch';
    else this.grabbed = hasEdge && Math.abs(at.x - this.edge) < reach ? 'split' : 'pan';
  }

  drag(id: number, at: Point): void {
    const before = this.#fingers;
    const last = before.get(id);
    if (last === undefined) return;
    this.#fingers = withFinger(before, id, at);
    if (this.grabbed === 'split') this.setSplit((at.x - this.picture.x) / this.picture.width);
    else if (this.grabbed === 'pan') this.pan({ x: at.x - last.x, y: at.y - last.y });
    else this.camera = pinch(this.shown, before, this.#fingers);
  }

  /** The finger that is left goes on moving the pictures. */
  release(id: number): void {
    this.#fingers = withoutFinger(this.#fingers, id);
    this.grabbed = this.#fingers.size === 0 ? null : 'pan';
  }

  pan(by: Point): void {
    const { x, y, zoom } = this.shown;
    this.camera = { zoom, x: x + by.x, y: y + by.y };
  }

  setSplit(value: number): void {
    this.split = Math.min(1, Math.max(0, value));
  }

  /** `at` stays where it is; the middle of the room without it. */
  zoomBy(factor: number, at: Point = { x: this.room.width / 2, y: this.room.height / 2 }): void {
    this.camera = zoomAround(this.shown, at, this.shown.zoom * factor);
  }

  fit(): void {
    this.camera = null;
  }
}
