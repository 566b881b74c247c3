/** Do the attribute measures tell the attributes apart? Scenes beside copies that differ in one of them answer it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { attributeNames, type AttributeName, type AttributeShares } from '../../src/shared/tokens/attributes.js';
import { StudioError } from '../../src/shared/errors.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { AttributeMeter } from '../../src/main/engine/measures/attributes.js';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { mean } from '../../src/shared/mean.js';

const index = z.int().min(0);
const schema = z.object({
  format: z.literal(1),
  images: z.object({ file: z.string(), spans: z.array(z.tuple([index, index])) }),
  pairs: z.array(
    z.object({
      reference: index,
      changed: z.object({ background: index, layout: index, colour: index, shape: index, texture: index }),
    }),
  ),
});

export interface AttributePair {
  reference: RasterImage;
  changed: Record<AttributeName, RasterImage>;
}

/** Throws `not-found` when the file is missing or is none. */
export async function readAttributePairs(path: string): Promise<AttributePair[]> {
  try {
    const { images, pairs } = schema.parse(JSON.parse(await readFile(path, 'utf8')));
    const bytes = await readFile(join(dirname(path), images.file));
    const pictures = images.spans.map(([start, length]) => decodeImage(bytes.subarray(start, start + length)));
    return pairs.map(({ reference, changed }) => ({
      reference: pictures[reference]!,
      changed: Object.fromEntries(attributeNames.map((name) => [name, pictures[changed[name]]!])) as Record<
        AttributeName,
        RasterImage
      >,
    }));
  } catch (thrown) {
    throw new StudioError(
      'not-found',
      `The pairs of scenes ${path} cannot be read.`,
      'Write them anew with: python3 -m training.world.attribute_pairs',
      { detail: String(thrown) },
    );
  }
}

/** For each changed attribute the mean share that each lane loses, 0…1; the worst case is the mean of all scenes. */
export function separation(pairs: readonly AttributePair[]): Record<AttributeName, AttributeShares> {
  const worst = meanPicture(pairs.map(({ reference }) => reference));
  const meters = pairs.map(({ reference }) => new AttributeMeter(reference, worst));
  const lost = (changed: AttributeName): AttributeShares => {
    const shares = pairs.map((pair, at) => meters[at]!.shares(pair.changed[changed]));
    return Object.fromEntries(
      attributeNames.map((name) => [name, 1 - mean(shares.map((one) => one[name]))]),
    ) as AttributeShares;
  };
  return Object.fromEntries(attributeNames.map((name) => [name, lost(name)])) as Record<AttributeName, AttributeShares>;
}

function meanPicture(pictures: readonly RasterImage[]): RasterImage {
  const { width, height } = pictures[0]!;
  const sums = new Float64Array(width * height * 4);
  for (const { data } of pictures) data.forEach((value, at) => (sums[at]! += value));
  return { width, height, data: Uint8Array.from(sums, (sum) => Math.round(sum / pictures.length)) };
}
