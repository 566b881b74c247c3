/** PNG with a palette: a sheet of noisy pictures at a third of the size, and no more than asked for. */
import { deflateSync } from 'node:zlib';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { meansOf, medianCut } from '../../../shared/pictures/median-cut.js';
import { concatenated, pngChunk, pngSignature } from '../../storage/images/png-chunks.js';

export interface IndexedPngOptions {
  /** Colours are given up until the file is no larger. */
  maxBytes?: number;
  /** Every pixel becomes so many squared; a whole number. */
  scale?: number;
}

/** With the most colours (256, 128, … 16) that keep it within `maxBytes`; with 16 if none do. Alpha is dropped. */
export function encodeIndexedPng(
  image: RasterImage,
  { maxBytes = Number.POSITIVE_INFINITY, scale = 1 }: IndexedPngOptions = {},
): Uint8Array {
  let png = encodeWith(image, 256, scale);
  for (let colours = 128; colours >= 16 && png.length > maxBytes; colours /= 2) png = encodeWith(image, colours, scale);
  return png;
}

function encodeWith({ width, height, data }: RasterImage, colours: number, scale: number): Uint8Array {
  const { palette, indices } = quantise(data, colours);
  // Filter 0 in front of every row: palette indices have no neighbours worth subtracting.
  const stride = width * scale + 1;
  const rows = new Uint8Array(height * scale * stride);
  for (let y = 0; y < height; y++) {
    const top = y * scale * stride;
    for (let x = 0; x < width; x++) rows.fill(indices[y * width + x]!, top + 1 + x * scale, top + 1 + (x + 1) * scale);
    for (let copy = 1; copy < scale; copy++) rows.copyWithin(top + copy * stride, top, top + stride);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width * scale, 0);
  header.writeUInt32BE(height * scale, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return concatenated([
    pngSignature,
    pngChunk('IHDR', header),
    pngChunk('PLTE', palette),
    pngChunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** Over the distinct colours, so that a picture of few keeps them exactly. */
function quantise(data: Uint8Array, limit: number): { palette: Uint8Array; indices: Uint8Array } {
  const places = new Map<number, number>();
  const counts: number[] = [];
  const placeOf = Uint32Array.from({ length: data.length / 4 }, (_, pixel) => {
    const colour = (data[pixel * 4]! << 16) | (data[pixel * 4 + 1]! << 8) | data[pixel * 4 + 2]!;
    const place = places.get(colour) ?? places.size;
    places.set(colour, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  const values = Array.from(places.keys(), (colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]).flat();
  const colours = { values: Float64Array.from(values), weights: Float64Array.from(counts) };
  const groups = medianCut(colours, limit);
  const groupOf = new Uint8Array(places.size);
  for (const [group, members] of groups.entries()) for (const member of members) groupOf[member] = group;
  return { palette: meansOf(colours, groups), indices: Uint8Array.from(placeOf, (place) => groupOf[place]!) };
}
