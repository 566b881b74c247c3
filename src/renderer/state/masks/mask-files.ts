/** Masks as image files: grey PNGs, white is covered. */
import { pixelsOf, readStored } from '../pixels.js';
import { StudioError } from '../../../shared/errors.js';
import { imageFromMask, maskFromImage, type Mask } from '../../../shared/pictures/mask.js';

/** PNG bytes of a mask. */
export async function encodeMask(mask: Mask): Promise<Uint8Array> {
  const { width, height, data } = imageFromMask(mask);
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  pixels.data.set(data);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Any image the browser can decode, read as a mask; `name` is what a failure calls it. Throws `image-unreadable`. */
export async function decodeMask(file: Blob, name: string): Promise<Mask> {
  try {
    return maskFromImage(await pixelsOf(file));
  } catch (cause) {
    throw new StudioError(
      'image-unreadable',
      `“${name}” is not an image file this window can read.`,
      'Save the mask as PNG and import it again.',
      { cause },
    );
  }
}

/** Throws `not-found` when the studio does not have it, `image-unreadable`. */
export async function fetchMask(address: string): Promise<Mask> {
  return decodeMask(await readStored(address, 'The pixels of the mask'), 'The mask');
}

/** Masks being read: whoever wants one of them meanwhile waits for the same answer. */
export class PendingReads {
  readonly #reads = new Map<string, Promise<Mask>>();

  once(key: string, read: () => Promise<Mask>): Promise<Mask> {
    const pending = this.#reads.get(key);
    if (pending !== undefined) return pending;
    const started = read().finally(() => this.#reads.delete(key));
    this.#reads.set(key, started);
    return started;
  }
}
