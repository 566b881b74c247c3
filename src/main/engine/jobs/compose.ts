/** What becomes of drawn pictures when they change another one: held to its mask, read anew, and compared with it. */
import { pixelChange, type EditCheck } from '../../../shared/pictures/edit-check.js';
import { StudioError } from '../../../shared/errors.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { ImageRegion, RasterImage } from '../../../shared/pictures/images.js';
import { cutOut, paste } from '../../../shared/pictures/cut-out.js';
import { composite, covered, effectiveMask, resized, type Mask } from '../../../shared/pictures/mask.js';
import { resample } from '../../../shared/pictures/resample.js';
import { matchedTo } from '../../../shared/pictures/seam.js';
import { checkpoint } from '../cancellation.js';
import { encodePixels } from '../model/encoder.js';
import type { EngineParts } from '../pack/open-pack.js';
import type { EngineBase, EngineGeneratedImage } from '../protocol.js';

/** Throws `bad-request` for a mask that lets nothing change. */
export function checkBase({ manifest }: Pick<EngineParts, 'manifest'>, base: EngineBase | undefined): void {
  if (base?.mask === undefined) return;
  const mask = placeMask(base.image, base.mask, manifest.image);
  if (mask.data.some((value) => value > 0)) return;
  throw new StudioError(
    'bad-request',
    'The mask covers nothing the model can see, so nothing could change.',
    'Paint where the picture may change, or grow the mask.',
  );
}

/**
 * Each drawn picture with its check; under a mask composed with the base's pixels, its tokens read from the outcome. `regions`: in
 * the pack's size the part each picture's edit concerns, a mask where none is painted; there no seam shows. Under a painted mask
 * stands what was drawn, bit for bit.
 */
export async function* compose(
  parts: EngineParts,
  base: EngineBase,
  drawn: readonly EngineGeneratedImage[],
  regions: readonly Mask[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineGeneratedImage[]> {
  const place = cropOf(base.image, parts.manifest.image);
  const painted = base.mask === undefined ? null : placeMask(base.image, base.mask, parts.manifest.image);
  const isWhole = painted === null && regions === undefined;
  // As the model saw it; under a painted mask nothing is compared with it.
  const seen = painted === null ? cropped(base.image, place, parts.manifest.image) : null;
  const composed: EngineGeneratedImage[] = [];
  const readings = await readingsOf(parts, base.image, isWhole ? drawn.map(({ image }) => image) : []);
  for (const [index, one] of drawn.entries()) {
    await checkpoint(signal);
    const region = regions?.[index];
    const mask = painted ?? (region === undefined ? null : placeRegion(base.image, region, place));
    if (mask === null) {
      const check: EditCheck = { ...pixelChange(seen!, one.image, null), ...pair(readings, index) };
      composed.push({ ...one, check });
      continue;
    }
    const whole = inPlace(base.image, one.image, place);
    const fitting =
      seen === null || region === undefined ? whole : inPlace(base.image, matchedTo(seen, one.image, region), place);
    const image = composite(base.image, fitting, mask);
    const pixels = parts.space.pixels(image);
    const codes = await encodePixels(parts.encoder, parts.manifest, pixels);
    const after = await parts.probe?.read(pixels, 1);
    const check: EditCheck = {
      ...pixelChange(base.image, image, mask),
      spill: pixelChange(base.image, whole, mask).outside ?? 0,
      ...(painted === null ? { region: covered(mask) } : {}),
      ...(after === undefined ? {} : { before: readings[0]!, after: after[0]! }),
    };
    composed.push({ ...one, image, codes, certainty: [], check });
    yield { type: 'progress', phase: 'reading-image', done: index + 1, total: drawn.length };
  }
  return composed;
}

/** What the probe reads in the base and in each of `images`, nothing without a probe. */
async function readingsOf({ probe, space }: EngineParts, base: RasterImage, images: readonly RasterImage[]) {
  if (probe === undefined) return [];
  const readings = [];
  for (const image of [base, ...images]) readings.push((await probe.read(space.pixels(image), 1))[0]!);
  return readings;
}

function pair(readings: Awaited<ReturnType<typeof readingsOf>>, index: number): Pick<EditCheck, 'before' | 'after'> {
  return readings.length === 0 ? {} : { before: readings[0]!, after: readings[index + 1]! };
}

/** The part of an image the model sees: as large as possible in the pack's shape, in the middle. */
export function cropOf(
  image: { width: number; height: number },
  shape: { width: number; height: number },
): ImageRegion {
  const width = Math.max(1, Math.round(Math.min(image.width, (image.height * shape.width) / shape.height)));
  const height = Math.max(1, Math.round(Math.min(image.height, (image.width * shape.height) / shape.width)));
  return { x: Math.floor((image.width - width) / 2), y: Math.floor((image.height - height) / 2), width, height };
}

/** The effective mask in the image's size; 0 where the model sees nothing. */
function placeMask(
  image: RasterImage,
  { painted, grow, feather }: NonNullable<EngineBase['mask']>,
  shape: { width: number; height: number },
): Mask {
  const { width, height } = image;
  const mask = effectiveMask(painted, { grow, feather }, width, height);
  const crop = cropOf(image, shape);
  const data = mask.data.slice();
  for (let y = 0; y < height; y++) {
    const seen = y >= crop.y && y < crop.y + crop.height;
    data.fill(0, y * width, y * width + (seen ? crop.x : width));
    data.fill(0, y * width + crop.x + crop.width, (y + 1) * width);
  }
  return { width, height, data };
}

/** The region in the image's size; 0 where the model sees nothing. */
function placeRegion({ width, height }: RasterImage, region: Mask, crop: ImageRegion): Mask {
  const mask: Mask = { width, height, data: new Uint8Array(width * height) };
  paste(mask, resized(region, crop.width, crop.height), crop.x, crop.y);
  return mask;
}

/** `base` with `picture` over the part the model saw. */
function inPlace(base: RasterImage, picture: RasterImage, crop: ImageRegion): RasterImage {
  const { width, height } = crop;
  const whole: RasterImage = { ...base, data: base.data.slice() };
  const data = resample(picture.data, 4, picture.width, picture.height, width, height);
  paste(whole, { width, height, data }, crop.x, crop.y);
  return whole;
}

/** The part the model saw, in the size of `like`. */
function cropped(base: RasterImage, crop: ImageRegion, like: { width: number; height: number }): RasterImage {
  const part = cutOut(base, crop);
  const data = resample(part.data, 4, crop.width, crop.height, like.width, like.height);
  return { width: like.width, height: like.height, data };
}
