/** The frame on the timeline beside another one: which tokens differ, and which pixels. */
import type { Frame } from '../../../../shared/document/document.js';
import { isCancelled, serialiseError, type SerialisedError } from '../../../../shared/errors.js';
import { parentsOf } from '../../document/frames.js';
import { overWhite, pixelDifference, type PixelDifference } from '../../../../shared/pictures/pixel-difference.js';
import { readStored } from '../../pixels.js';
import { studio } from '../../studio/studio.svelte.js';

export interface ComparedPictures {
  width: number;
  height: number;
  /** RGBA of both at one size, that of the frame on the timeline. */
  frame: Uint8ClampedArray<ArrayBuffer>;
  other: Uint8ClampedArray<ArrayBuffer>;
  difference: PixelDifference;
}

export type CompareStatus =
  { kind: 'idle' } | { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; error: SerialisedError };

/** Enough to see every change, and little enough to compare at once. */
const longestSide = 512;

type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };
export type PictureReader = (imageId: string, size: { width: number; height: number }) => Promise<Pixels['data']>;

/** What a frame is compared with unless somebody says otherwise: what it was made from, else its first child, else nothing. */
export function usualComparison(frame: Frame, frames: readonly Frame[]): Frame | null {
  for (const id of parentsOf(frame)) {
    const parent = frames.find((one) => one.id === id);
    if (parent !== undefined) return parent;
  }
  return frames.find((one) => parentsOf(one).includes(frame.id)) ?? null;
}

/** The frames to choose from: parents and children first, then all others in their order on the board. */
export function comparable(frame: Frame, frames: readonly Frame[]): Frame[] {
  const parents = parentsOf(frame);
  const rank = (one: Frame) => (parents.includes(one.id) ? 0 : parentsOf(one).includes(frame.id) ? 1 : 2);
  return frames.filter(({ id }) => id !== frame.id).toSorted((a, b) => rank(a) - rank(b));
}

/** The size both pictures are brought to: the frame's own, made smaller where it is very large. */
export function comparedSize({ pixelWidth, pixelHeight }: Pick<Frame, 'pixelWidth' | 'pixelHeight'>) {
  const scale = Math.min(1, longestSide / Math.max(pixelWidth, pixelHeight));
  return { width: Math.max(1, Math.round(pixelWidth * scale)), height: Math.max(1, Math.round(pixelHeight * scale)) };
}

export class CompareState {
  pictures = $state.raw<ComparedPictures | null>(null);
  status = $state.raw<CompareStatus>({ kind: 'idle' });
  readonly #read: PictureReader;
  #key = '';

  constructor(read: PictureReader = readPicture) {
    this.#read = read;
  }

  /** Compares these two; null for neither. Cheap when it is what was asked for last. */
  async show(frame: Frame | null, other: Frame | null): Promise<void> {
    const key = frame === null || other === null ? '' : `${frame.imageId}|${other.imageId}`;
    if (key === this.#key) return;
    this.#key = key;
    this.pictures = null;
    if (frame === null || other === null) {
      this.status = { kind: 'idle' };
      return;
    }
    this.status = { kind: 'loading' };
    try {
      const size = comparedSize(frame);
      const [first, second] = await Promise.all([this.#read(frame.imageId, size), this.#read(other.imageId, size)]);
      if (key !== this.#key) return;
      this.pictures = {
        ...size,
        frame: first,
        other: second,
        difference: pixelDifference({ data: overWhite(first) }, { data: overWhite(second) }),
      };
      this.status = { kind: 'ready' };
    } catch (thrown) {
      if (key !== this.#key || isCancelled(thrown)) return;
      this.#key = '';
      this.status = { kind: 'failed', error: serialiseError(thrown) };
    }
  }
}

async function readPicture(imageId: string, { width, height }: { width: number; height: number }) {
  const stored = readStored(studio.api.imageUrl(imageId), 'The pixels of one of the frames', 'choose the frame again');
  const bitmap = await createImageBitmap(await stored);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height).data;
}

export const comparison = new CompareState();
