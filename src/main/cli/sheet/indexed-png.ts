/** PNG with a palette: a sheet of noisy pictures at a third of the size, and no more than asked for. */
import { deflateSync } from 'node:zlib';
import type { RasterImage } from '../../../shared/images.js';
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

/** A box of the median cut: distinct colours, packed as 0xRRGGBB, between two places of one array. */
interface Box {
  from: number;
  to: number;
  channel: number;
  /** Spread of the widest channel, weighted by how many pixels would gain from a cut. */
  worth: number;
}

/** Median cut (P. Heckbert, 1982) over the distinct colours, each weighted by its pixels. */
function quantise(data: Uint8Array, limit: number): { palette: Uint8Array; indices: Uint8Array } {
  const pixels = data.length / 4;
  const counts = new Map<number, number>();
  const packed = new Uint32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const colour = (data[pixel * 4]! << 16) | (data[pixel * 4 + 1]! << 8) | data[pixel * 4 + 2]!;
    packed[pixel] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = Uint32Array.from(counts.keys());
  const boxes = [measured(colours, counts, 0, colours.length)];
  while (boxes.length < limit) {
    const widest = boxes.reduce((best, box, index) => (box.worth > boxes[best]!.worth ? index : best), 0);
    const box = boxes[widest]!;
    if (box.worth === 0) break;
    const part = colours.subarray(box.from, box.to);
    part.sort((a, b) => channelOf(a, box.channel) - channelOf(b, box.channel) || a - b);
    const middle = box.from + medianPlace(part, counts);
    boxes.splice(widest, 1, measured(colours, counts, box.from, middle), measured(colours, counts, middle, box.to));
  }
  const palette = new Uint8Array(boxes.length * 3);
  const places = new Map<number, number>();
  boxes.forEach(({ from, to }, index) => {
    const sums = [0, 0, 0];
    let weight = 0;
    for (const colour of colours.subarray(from, to)) {
      const count = counts.get(colour)!;
      weight += count;
      sums.forEach((_, channel) => (sums[channel]! += count * channelOf(colour, channel)));
      places.set(colour, index);
    }
    palette.set(
      sums.map((sum) => Math.round(sum / weight)),
      index * 3,
    );
  });
  return { palette, indices: Uint8Array.from(packed, (colour) => places.get(colour)!) };
}

function channelOf(colour: number, channel: number): number {
  return (colour >> (16 - 8 * channel)) & 0xff;
}

function measured(colours: Uint32Array, counts: ReadonlyMap<number, number>, from: number, to: number): Box {
  let pixels = 0;
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  for (const colour of colours.subarray(from, to)) {
    pixels += counts.get(colour)!;
    for (let channel = 0; channel < 3; channel++) {
      const value = channelOf(colour, channel);
      low[channel] = Math.min(low[channel]!, value);
      high[channel] = Math.max(high[channel]!, value);
    }
  }
  const spreads = high.map((value, channel) => value - low[channel]!);
  const channel = spreads.indexOf(Math.max(...spreads));
  // The root keeps large plain areas from taking every cut.
  return { from, to, channel, worth: Math.max(0, spreads[channel]!) ** 2 * Math.sqrt(pixels) };
}

/** Where half of the pixels lie on either side; both sides keep a colour. */
function medianPlace(part: Uint32Array, counts: ReadonlyMap<number, number>): number {
  const half = part.reduce((sum, colour) => sum + counts.get(colour)!, 0) / 2;
  let sum = 0;
  for (let place = 0; place < part.length - 1; place++) {
    sum += counts.get(part[place]!)!;
    if (sum >= half) return place + 1;
  }
  return part.length - 1;
}
