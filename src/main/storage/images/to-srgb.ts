/** Pixels of any RGB or grey profile as sRGB, by a colour management library (package jscolorengine). */
import { createRequire } from 'node:module';
import type * as Engine from 'jscolorengine';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { boundedProfile } from './profile-bounds.js';

/** CommonJS, and large: loaded when the first profile is met. */
const load = (): typeof Engine => createRequire(import.meta.url)('jscolorengine') as typeof Engine;

/** In place of the pixels; null where the profile cannot be used for them. Colorimetric, as browsers do it. */
export function toSrgb(image: RasterImage, profile: Uint8Array): RasterImage | null {
  const bounded = boundedProfile(profile);
  if (bounded === null) return null;
  const { Profile, Transform, eIntent } = load();
  const { width, height, data } = image;
  try {
    const source = new Profile();
    source.loadBinary(bounded);
    const space = source.loaded ? source.colorSpace.trim().toUpperCase() : '';
    if (space !== 'RGB' && space !== 'GRAY') return null;
    const transform = new Transform({ buildLut: false, dataFormat: 'int8' });
    transform.create(source, '*sRGB', eIntent.relative);
    const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
    const pixels = space === 'RGB' ? colourPixels(transform, clamped) : greyPixels(transform, clamped);
    return { width, height, data: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength) };
  } catch {
    // The library throws texts and errors alike for profiles that are damaged or of a kind it does not know.
    return null;
  }
}

/**
 * Every colour that occurs is converted once, by the library's exact way, which takes a microsecond: a photo of 40 megapixels has a
 * few millions of them. Its faster way, a table of some colours and what lies between, is off by up to 8 of 255 where sRGB ends.
 */
function colourPixels(transform: Engine.Transform, data: Uint8ClampedArray): Uint8ClampedArray {
  /** By colour, one more than its place among those that occur. */
  const places = new Uint32Array(2 ** 24);
  let colours = new Uint8ClampedArray(3 * 4096);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const key = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    if (places[key] !== 0) continue;
    if (3 * count === colours.length) {
      const larger = new Uint8ClampedArray(2 * colours.length);
      larger.set(colours);
      colours = larger;
    }
    colours.set(data.subarray(at, at + 3), 3 * count);
    places[key] = ++count;
  }
  const converted = transform.array(colours.subarray(0, 3 * count), false, false);
  const pixels = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const from = 3 * (places[(data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!]! - 1);
    for (let channel = 0; channel < 3; channel++) pixels[at + channel] = converted[from + channel]!;
    pixels[at + 3] = data[at + 3]!;
  }
  return pixels;
}

/** A curve for the 256 greys; a picture with colours in it is none of a grey profile. */
function greyPixels(transform: Engine.Transform, data: Uint8ClampedArray): Uint8ClampedArray {
  const table = transform.array(Uint8ClampedArray.from({ length: 256 }, (_, grey) => grey), false, false); // prettier-ignore
  const pixels = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const grey = data[at]!;
    if (grey !== data[at + 1] || grey !== data[at + 2])
      throw new Error('the profile is of greys, the picture of colours');
    for (let channel = 0; channel < 3; channel++) pixels[at + channel] = table[grey * 3 + channel]!;
    pixels[at + 3] = data[at + 3]!;
  }
  return pixels;
}
