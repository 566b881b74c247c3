/** Image files and rasters. Whatever comes in is untrusted: its stated size is checked before a pixel is decoded. */
import { createHash } from 'node:crypto';
import { encode as encodePngFile } from 'fast-png';
import { StudioError } from '../../../shared/errors.js';
import { imageLimits, type RasterImage, type StoredImage } from '../../../shared/pictures/images.js';
import { isAnimated } from '../../../shared/pictures/file-kind.js';
import { colourSpaceOf } from './colour-space.js';
import { orientationOf } from './file-texts.js';
import { decodeGif } from './gif.js';
import { readImageHeader, unreadable, type ImageHeader } from './image-header.js';
import { decodeJpeg as decodeJpegFile } from './jpeg.js';
import { JpegTooCostly } from './jpeg-scans.js';
import { decodePng as decodePngFile } from './png-decoder.js';
import { oriented } from './orient.js';
import { PngTooCostly } from './png-pixels.js';
import { toSrgb } from './to-srgb.js';
import { decodeWebp, WebpTooCostly } from './webp.js';

export interface ImageLimits {
  maxBytes: number;
  maxSide: number;
  maxPixels: number;
}

/** RGBA, 8 bits a channel. */
export function encodePng(image: RasterImage): Uint8Array {
  return encodePngFile({ width: image.width, height: image.height, data: image.data, channels: 4, depth: 8 });
}

/** SHA-256 of a stored image's PNG bytes, 64 hexadecimal digits. */
export function imageIdOf(png: Uint8Array): string {
  return createHash('sha256').update(png).digest('hex');
}

/** A picture as a project keeps it; `imageId` is the SHA-256 of `png`. */
export interface KeptPicture extends StoredImage {
  png: Uint8Array;
}

export function asKept(image: RasterImage): KeptPicture {
  const png = encodePng(image);
  return { png, imageId: imageIdOf(png), width: image.width, height: image.height };
}

/** A picture as it is meant to be seen: upright, in sRGB. `notes`: what was not taken over as it stands, one sentence each. */
export interface ReadPicture {
  image: RasterImage;
  notes: string[];
}

/**
 * PNG (any colour type and depth), JPEG, WebP or GIF bytes as RGBA, upright and in sRGB. Throws
 * `image-too-large` before decoding, `image-unreadable` naming what is wrong.
 */
export function decodeImage(bytes: Uint8Array, limits: ImageLimits = imageLimits): RasterImage {
  return readPicture(bytes, limits).image;
}

/** The same, with what there is to say about it. */
export function readPicture(bytes: Uint8Array, limits: ImageLimits = imageLimits): ReadPicture {
  if (bytes.length > limits.maxBytes) {
    throw tooLarge(`has ${megabytes(bytes.length)} MB; the most is ${megabytes(limits.maxBytes)} MB`);
  }
  const header = readImageHeader(bytes);
  checkSize(header, limits);
  const stored = decoders[header.format](bytes);
  if (stored.width !== header.width || stored.height !== header.height) throw unreadable('its stated size is wrong');
  const notes = isAnimated(bytes) ? ['It is animated; its first frame was taken.'] : [];
  return { image: oriented(inSrgb(stored, bytes, notes), orientationOf(bytes)), notes };
}

function named(kind: string, decode: (bytes: Uint8Array) => RasterImage): (bytes: Uint8Array) => RasterImage {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (error) {
      if (error instanceof WebpTooCostly) throw tooLarge(error.message);
      throw unreadable(`the ${kind} file is damaged (${reasonOf(error)})`, error);
    }
  };
}

const decoders: Record<ImageHeader['format'], (bytes: Uint8Array) => RasterImage> = {
  png: decodePng,
  jpeg: decodeJpeg,
  webp: named('WebP', decodeWebp),
  gif: named('GIF', decodeGif),
};

function inSrgb(image: RasterImage, bytes: Uint8Array, notes: string[]): RasterImage {
  const { profile, fault } = colourSpaceOf(bytes);
  if (fault !== null) notes.push(fault);
  if (profile === null) return image;
  const converted = toSrgb(image, profile);
  if (converted === null) notes.push('Its colour profile cannot be used, so its colours are taken as sRGB.');
  return converted ?? image;
}

function checkSize({ width, height }: ImageHeader, limits: ImageLimits): void {
  if (width > limits.maxSide || height > limits.maxSide) {
    throw tooLarge(`is ${width} × ${height} pixels; the longest side allowed is ${limits.maxSide}`);
  }
  if (width * height > limits.maxPixels) {
    throw tooLarge(`is ${width} × ${height} pixels; the most is ${limits.maxPixels / 1_000_000} megapixels`);
  }
}

function decodePng(bytes: Uint8Array): RasterImage {
  try {
    return decodePngFile(bytes);
  } catch (error) {
    if (error instanceof PngTooCostly) throw tooLarge(error.message);
    throw unreadable(`the PNG file is damaged (${reasonOf(error)})`, error);
  }
}

function decodeJpeg(bytes: Uint8Array): RasterImage {
  try {
    return decodeJpegFile(bytes);
  } catch (error) {
    if (error instanceof JpegTooCostly) throw tooLarge(error.message);
    throw unreadable(`the JPEG file is damaged (${reasonOf(error)})`, error);
  }
}

function tooLarge(what: string): StudioError {
  return new StudioError(
    'image-too-large',
    `The image ${what}.`,
    'Make it smaller in another program, then import it again.',
  );
}

function megabytes(bytes: number): string {
  return (bytes / (1024 * 1024)).toFixed(1).replace(/\.0$/, '');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
