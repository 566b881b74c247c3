/** An image in memory: RGBA, 8 bits a channel, row by row from the top left; `data.length === width * height * 4`. */
export interface RasterImage {
  width: number;
  height: number;
  data: Uint8Array;
}

/** An image kept by the studio, named by the SHA-256 of its PNG bytes (64 hexadecimal digits). */
export interface StoredImage {
  imageId: string;
  width: number;
  height: number;
}

/** A part of an image, pixels from its top left corner. */
export interface ImageRegion {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Bounds on what may be imported; the decoder allocates width × height × 4 bytes before it can look at a pixel. */
export const imageLimits = { maxBytes: 64 * 1024 * 1024, maxSide: 8192, maxPixels: 40_000_000 } as const;
