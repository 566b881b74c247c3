/** Pictures as an encoder sees them: cropped around the centre and resized to a few hundred pixels. */
import type { RasterImage } from '../../shared/pictures/images.js';
import { seenByModel } from '../engine/model/pixels.js';

/** Width and height of what an encoder is given. */
export interface EncoderSize {
  width: number;
  height: number;
}

/** Narrowed to this many times the encoder's size per side: rounding to bytes then costs less than half a level of 255. */
const oversampling = 4;
/** Only pictures with at least this many times the encoder's size per side are worth it. */
const huge = 8;

/** What an encoder of this size makes the same of, opaque over white; null for a picture that is not huge. */
export function narrowed(image: RasterImage, seen: EncoderSize): RasterImage | null {
  if (image.width < huge * seen.width || image.height < huge * seen.height) return null;
  return seenByModel(image, { width: oversampling * seen.width, height: oversampling * seen.height });
}
