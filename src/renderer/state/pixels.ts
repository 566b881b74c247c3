/** The pixels of pictures the window can show. */
import { StudioError } from '../../shared/errors.js';
import type { RasterImage } from '../../shared/pictures/images.js';

/**
 * The stored file of a picture, null where there is none. Throws `not-found`, which says that `what` could not be read, and what to do once the studio is seen to
 * be running: `then`.
 */
export async function readStored(address: string | null, what: string, then = 'try again'): Promise<Blob> {
  const response = address === null ? null : await fetch(address).catch(() => null);
  if (response === null || !response.ok) {
    throw new StudioError(
      'not-found',
      `${what} could not be read.`,
      `Check that the studio is still running, then ${then}.`,
    );
  }
  return response.blob();
}

/** Exactly as they are stored: RGBA, not converted. Rejects when the browser cannot read it. */
export async function pixelsOf(picture: Blob): Promise<RasterImage> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  } finally {
    bitmap.close();
  }
}

/** Of a picture at an address. Rejects when it cannot be had or read. */
export async function readPixels(address: string): Promise<RasterImage> {
  return pixelsOf(await readStored(address, 'The pixels of a picture'));
}

/** Ready to be drawn; whoever asked closes it. */
export function bitmapOf({ width, height, data }: RasterImage): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height));
}
