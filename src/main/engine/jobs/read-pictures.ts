/** What a pack's probe reads in pictures, as the jobs that show a picture at several moments ask for it. */
import type { ImageReading } from '../../../shared/tokens/attributes.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { EngineParts } from '../pack/open-pack.js';

/** One reading a picture, in one run of the graph; undefined in a pack without a probe that reads objects. */
export async function readPictures(
  { probe, space }: EngineParts,
  images: readonly RasterImage[],
): Promise<ImageReading[] | undefined> {
  if (probe === undefined) return undefined;
  const pictures = images.map((image) => space.pixels(image));
  const all = new Float32Array(pictures.length * pictures[0]!.length);
  pictures.forEach((picture, index) => all.set(picture, index * picture.length));
  return probe.read(all, pictures.length);
}
