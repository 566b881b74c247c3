/** Image files and rasters. Whatever comes in is untrusted: its stated size is checked before a pixel is decoded. */
import { createHash } from 'node:crypto';
import { decode as decodePngFile, encode as encodePngFile, convertIndexedToRgb, type DecodedPng } from 'fast-png';
import { decode as decodeJpegFile } from 'jpeg-js';
import { StudioError } from '../../../shared/errors.js';
import { imageLimits, type RasterImage } from '../../../shared/images.js';
import { readImageHeader, unreadable, type ImageHeader } from './image-header.js';
import { onlyPixels } from './png-pixels.js';

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

/**
 * PNG (any colour type and depth) or JPEG bytes as RGBA. Throws `image-too-large` before decoding, `image-unreadable`
 * naming what is wrong.
 */
export function decodeImage(bytes: Uint8Array, limits: ImageLimits = imageLimits): RasterImage {
  if (bytes.length > limits.maxBytes) {
    throw tooLarge(`has ${megabytes(bytes.length)} MB; the most is ${megabytes(limits.maxBytes)} MB`);
  }
  const header = readImageHeader(bytes);
  checkSize(header, limits);
  const image = header.format === 'png' ? decodePng(bytes) : decodeJpeg(bytes);
  if (image.width !== header.width || image.height !== header.height) throw unreadable('its stated size is wrong');
  return image;
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
  let decoded: DecodedPng;
  try {
    decoded = decodePngFile(onlyPixels(bytes), { checkCrc: true });
  } catch (error) {
    throw unreadable(`the PNG file is damaged (${reasonOf(error)})`, error);
  }
  const { width, height } = decoded;
  const samples = width * height * (decoded.palette === undefined ? decoded.channels : 1);
  if (decoded.depth >= 8 && decoded.data.length < samples) throw unreadable('the PNG file ends too early');
  return { width, height, data: decoded.palette === undefined ? directToRgba(decoded) : paletteToRgba(decoded) };
}

/** Grey, grey + alpha, RGB and RGBA at 1…16 bits a sample. */
function directToRgba(decoded: DecodedPng): Uint8Array {
  const { width, height, channels, depth, transparency } = decoded;
  const samples = depth < 8 ? unpackBits(decoded) : decoded.data;
  const maximum = 2 ** depth - 1;
  const colours = channels >= 3 ? 3 : 1;
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * channels;
    const to = pixel * 4;
    let isKeyColour = transparency !== undefined && channels === colours;
    for (let channel = 0; channel < 3; channel++) {
      const sample = samples[from + Math.min(channel, colours - 1)]!;
      rgba[to + channel] = Math.round((sample * 255) / maximum);
      if (isKeyColour && sample !== transparency![Math.min(channel, colours - 1)]) isKeyColour = false;
    }
    rgba[to + 3] = channels > colours ? Math.round((samples[from + colours]! * 255) / maximum) : isKeyColour ? 0 : 255;
  }
  return rgba;
}

/** Samples of less than a byte are packed from the high bits; every row begins on a byte. */
function unpackBits({ data, width, height, depth }: DecodedPng): Uint8Array {
  const bytesPerRow = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      samples[y * width + x] = (data[y * bytesPerRow + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function paletteToRgba(decoded: DecodedPng): Uint8Array {
  const { width, height } = decoded;
  let direct: Uint8Array;
  try {
    direct = Uint8Array.from(convertIndexedToRgb(decoded));
  } catch (error) {
    throw unreadable(`the PNG file's palette does not fit its pixels (${reasonOf(error)})`, error);
  }
  const channels = direct.length / (width * height);
  if (channels !== 3 && channels !== 4) throw unreadable('the PNG file’s palette does not fit its pixels');
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.set(direct.subarray(pixel * channels, pixel * channels + 3), pixel * 4);
    rgba[pixel * 4 + 3] = channels === 4 ? direct[pixel * 4 + 3]! : 255;
  }
  return rgba;
}

function decodeJpeg(bytes: Uint8Array): RasterImage {
  try {
    // The size was checked above; the library's own bounds would refuse what `imageLimits` allows.
    const { width, height, data } = decodeJpegFile(bytes, {
      useTArray: true,
      formatAsRGBA: true,
      tolerantDecoding: false,
      maxResolutionInMP: 1000,
      maxMemoryUsageInMB: 2048,
    });
    return { width, height, data };
  } catch (error) {
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
