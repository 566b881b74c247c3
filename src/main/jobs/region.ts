/** The part of a picture a question is about, cut out so that the model sees all of it. */
import { StudioError } from '../../shared/errors.js';
import type { ImageRegion, RasterImage } from '../../shared/pictures/images.js';
import { cutOut } from '../../shared/pictures/cut-out.js';

/**
 * The region widened to the model's shape as far as the picture reaches, since the model crops what has another shape.
 * Throws `bad-request` for a region outside the picture.
 */
export function regionFor(
  image: RasterImage,
  region: ImageRegion,
  shape: { width: number; height: number },
): RasterImage {
  const right = Math.min(image.width, region.x + region.width);
  const bottom = Math.min(image.height, region.y + region.height);
  if (region.x >= right || region.y >= bottom) {
    throw new StudioError('bad-request', 'The region lies outside the picture.', 'Choose a part of the picture.');
  }
  const ratio = shape.width / shape.height;
  const height = Math.min(image.height, Math.max(bottom - region.y, Math.round((right - region.x) / ratio)));
  const width = Math.min(image.width, Math.max(right - region.x, Math.round(height * ratio)));
  const x = startOf((region.x + right) / 2, width, image.width);
  const y = startOf((region.y + bottom) / 2, height, image.height);
  return cutOut(image, { x, y, width, height });
}

function startOf(centre: number, length: number, available: number): number {
  return Math.min(available - length, Math.max(0, Math.round(centre - length / 2)));
}
