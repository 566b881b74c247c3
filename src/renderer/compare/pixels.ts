import type { RasterImage } from '../../shared/images.js';

/** The pixels of an image the window can show, exactly as they are stored. Rejects when it cannot be read. */
export async function readPixels(address: string): Promise<RasterImage> {
  const response = await fetch(address);
  const bitmap = await createImageBitmap(await response.blob(), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  } finally {
    bitmap.close();
  }
}
