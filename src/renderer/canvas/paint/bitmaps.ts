/**
 * Pixels for the board: stored images in the size they are shown in, loaded when they come into view, and previews that are
 * written over in place.
 */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { bitmapOf } from '../../state/pixels.js';
import { enlarge, type Enlargement } from '../../../shared/pictures/enlarge.js';

export type Bitmap = ImageBitmap | HTMLCanvasElement;

export type FoundImage = { state: 'loading' } | { state: 'ready'; bitmap: Bitmap } | { state: 'missing' };

/** Longest sides of the reduced copies, in pixels. The small ones are kept for every image that was ever in view. */
const levels = [32, 64, 128, 256, 512] as const;
const smallLevel = 64;
/** Above the largest level: the image itself. */
const full = Number.POSITIVE_INFINITY;
/** Longest side of enlarged copies, in pixels: each takes a few hundredths of a second to make. */
const largestEnlarged = 1024;
/** Bytes of copies above the small level; the ones not shown for longest go first. */
const budget = 256 * 1024 * 1024;
const loadsAtOnce = 6;
const tellEveryMs = 150;

interface Copy {
  bitmap: ImageBitmap;
  lastShown: number;
}

interface Entry {
  copies: Map<number, Copy>;
  loading: boolean;
  missing: boolean;
}

/**
 * The level whose copy has at least as many pixels as will be shown. Where pictures may be enlarged and are shown larger than
 * they are, it is the enlarged one's longest side, which is above that of the image.
 */
export function levelFor(shownPixels: number, imagePixels: number, enlargement: Enlargement): number {
  const enlarged = imagePixels * enlargement;
  if (enlargement > 1 && shownPixels > imagePixels && enlarged <= largestEnlarged) return enlarged;
  const level = levels.find((one) => one >= shownPixels) ?? full;
  return level >= imagePixels ? full : level;
}

/** Stored images by id. Content never changes under an id, so a copy stays good for as long as anything shows it. */
export class ImageStore {
  readonly #entries = new Map<string, Entry>();
  /** What the present drawing missed, in the order it was asked for. */
  #wanted = new Map<string, Set<number>>();
  readonly #address: (imageId: string) => string;
  readonly #onChange: () => void;
  #loads = 0;
  #drawing = 0;
  #bytes = 0;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(address: (imageId: string) => string, onChange: () => void) {
    this.#address = address;
    this.#onChange = onChange;
  }

  /** A new drawing begins: what only the last one missed is no longer loaded. */
  begin(): void {
    this.#drawing++;
    this.#wanted = new Map();
  }

  /** The best copy there is for `shownPixels` of the longest side; a better one is asked for when it is not good enough. */
  get(imageId: string, shownPixels: number, imagePixels: number, enlargement: Enlargement): FoundImage {
    const entry = this.#entries.get(imageId);
    if (entry?.missing === true) return { state: 'missing' };
    const level = levelFor(shownPixels, imagePixels, enlargement);
    const exact = entry?.copies.get(level);
    if (exact === undefined) {
      const asked = this.#wanted.get(imageId);
      if (asked === undefined) this.#wanted.set(imageId, new Set([level]));
      else asked.add(level);
    }
    const copy = exact ?? nearest(entry, level);
    if (copy === undefined) return { state: 'loading' };
    copy.lastShown = this.#drawing;
    return { state: 'ready', bitmap: copy.bitmap };
  }

  /** True when the last drawing missed nothing and nothing is being loaded. */
  get complete(): boolean {
    return this.#wanted.size === 0 && this.#loads === 0;
  }

  /** The drawing is done: what it missed is loaded, a few at a time. */
  end(): void {
    for (const [imageId, asked] of this.#wanted) {
      if (this.#loads >= loadsAtOnce) return;
      if (this.#entries.get(imageId)?.loading === true) continue;
      this.#wanted.delete(imageId);
      void this.#load(imageId, asked);
    }
  }

  keepOnly(imageIds: ReadonlySet<string>): void {
    for (const [id, entry] of this.#entries) {
      if (imageIds.has(id)) continue;
      for (const level of [...entry.copies.keys()]) this.#drop(entry, level);
      this.#entries.delete(id);
    }
  }

  async #load(imageId: string, asked: ReadonlySet<number>): Promise<void> {
    const entry: Entry = this.#entries.get(imageId) ?? { copies: new Map(), loading: false, missing: false };
    this.#entries.set(imageId, entry);
    entry.loading = true;
    this.#loads++;
    try {
      const image = new Image();
      image.src = this.#address(imageId);
      await image.decode();
      const longest = Math.max(image.naturalWidth, image.naturalHeight);
      // Below it every copy is a reduced one; a picture of a few pixels may have an enlarged one of that size.
      const small = levels.filter((level) => level <= smallLevel && level < longest);
      for (const level of new Set([...small, ...asked])) {
        if (entry.copies.has(level)) continue;
        await this.#addCopy(imageId, entry, image, level === full ? 1 : level / longest, level);
      }
    } catch {
      entry.missing = true;
    } finally {
      entry.loading = false;
      this.#loads--;
    }
    this.#makeRoom();
    this.end();
    this.#tell();
  }

  /** While many are loading, the board is drawn again a few times a second and not for each. */
  #tell(): void {
    if (this.#telling !== undefined) return;
    this.#telling = setTimeout(
      () => {
        this.#telling = undefined;
        this.#onChange();
      },
      this.#loads === 0 ? 0 : tellEveryMs,
    );
  }

  async #addCopy(imageId: string, entry: Entry, image: HTMLImageElement, scale: number, level: number): Promise<void> {
    const bitmap = scale > 1 ? await enlarged(image, scale as 2 | 4) : await reduced(image, scale);
    if (this.#entries.get(imageId) !== entry) return bitmap.close();
    entry.copies.set(level, { bitmap, lastShown: this.#drawing });
    this.#bytes += sizeOf(level, bitmap);
  }

  #makeRoom(): void {
    if (this.#bytes <= budget) return;
    const all = [...this.#entries.values()].flatMap((entry) =>
      [...entry.copies].filter(([level]) => level > smallLevel).map(([level, copy]) => ({ entry, level, copy })),
    );
    all.sort((a, b) => a.copy.lastShown - b.copy.lastShown);
    for (const { entry, level, copy } of all) {
      if (this.#bytes <= budget || copy.lastShown >= this.#drawing) return;
      this.#drop(entry, level);
    }
  }

  #drop(entry: Entry, level: number): void {
    const copy = entry.copies.get(level);
    if (copy === undefined) return;
    entry.copies.delete(level);
    this.#bytes -= sizeOf(level, copy.bitmap);
    copy.bitmap.close();
  }
}

function reduced(image: HTMLImageElement, scale: number): Promise<ImageBitmap> {
  return createImageBitmap(image, {
    resizeWidth: Math.max(1, Math.round(image.naturalWidth * scale)),
    resizeHeight: Math.max(1, Math.round(image.naturalHeight * scale)),
    resizeQuality: 'high',
  });
}

/** By the filter that exported files get. */
function enlarged(image: HTMLImageElement, factor: 2 | 4): Promise<ImageBitmap> {
  const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d')!;
  context.drawImage(image, 0, 0);
  const { width, height, data } = context.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
  return bitmapOf(enlarge({ width, height, data: new Uint8Array(data.buffer) }, factor));
}

/** Small copies are not counted: they are few bytes, and a board without them would be grey. */
function sizeOf(level: number, bitmap: ImageBitmap): number {
  return level > smallLevel ? bitmap.width * bitmap.height * 4 : 0;
}

/** The next larger copy, else the largest smaller one. */
function nearest(entry: Entry | undefined, level: number): Copy | undefined {
  if (entry === undefined) return undefined;
  const known = [...entry.copies.keys()].sort((a, b) => a - b);
  const best = known.find((one) => one >= level) ?? known.at(-1);
  return best === undefined ? undefined : entry.copies.get(best);
}

/** Writes raw pixels into `canvas`, resizing it when needed. */
export function paint(canvas: HTMLCanvasElement, image: RasterImage): void {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  const pixels = new ImageData(image.width, image.height);
  pixels.data.set(image.data);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
}
