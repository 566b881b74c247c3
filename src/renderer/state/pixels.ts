/** The pixels of pictures the window can show. */
import type { RasterImage } from '../../shared/images.js';

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
  const response = await fetch(address);
  return pixelsOf(await response.blob());
}
