/** Pixels for the board: stored images loaded once, and previews that are written over in place. */
import type { RasterImage } from '../../shared/images.js';

export type Bitmap = HTMLImageElement | HTMLCanvasElement;

export type LoadedImage = { state: 'loading' } | { state: 'ready'; bitmap: HTMLImageElement } | { state: 'missing' };

/** Stored images by id. Content never changes under an id, so a loaded one stays good for as long as anything shows it. */
export class ImageStore {
  readonly #images = new Map<string, LoadedImage>();
  readonly #address: (imageId: string) => string;
  readonly #onChange: () => void;

  constructor(address: (imageId: string) => string, onChange: () => void) {
    this.#address = address;
    this.#onChange = onChange;
  }

  get(imageId: string): LoadedImage {
    const known = this.#images.get(imageId);
    if (known !== undefined) return known;
    const loading: LoadedImage = { state: 'loading' };
    this.#images.set(imageId, loading);
    void this.#load(imageId);
    return loading;
  }

  keepOnly(imageIds: ReadonlySet<string>): void {
    for (const id of this.#images.keys()) if (!imageIds.has(id)) this.#images.delete(id);
  }

  async #load(imageId: string): Promise<void> {
    const bitmap = new Image();
    bitmap.src = this.#address(imageId);
    let outcome: LoadedImage;
    try {
      await bitmap.decode();
      outcome = { state: 'ready', bitmap };
    } catch {
      outcome = { state: 'missing' };
    }
    if (!this.#images.has(imageId)) return;
    this.#images.set(imageId, outcome);
    this.#onChange();
  }
}

/** Writes raw pixels into `canvas`, resizing it when needed. */
export function paint(canvas: HTMLCanvasElement, image: RasterImage): void {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  const pixels = new ImageData(image.width, image.height);
  pixels.data.set(image.data);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
}
