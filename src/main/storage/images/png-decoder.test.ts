/** Our decoder against fast-png's, whose memory is not bounded, over every kind of header and filter. */
import { deflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode } from 'fast-png';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../../../tests/fakes/garbage.js';
import { pngLimits } from './limits.js';
import { concatenated, pngChunk, pngSignature } from './png-chunks.js';
import { decodePng } from './png-decoder.js';
import { runs } from '../../../../tests/property-runs.js';

const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const kinds = [
  [0, 1],
  [0, 2],
  [0, 4],
  [0, 8],
  [0, 16],
  [2, 8],
  [2, 16],
  [3, 1],
  [3, 2],
  [3, 4],
  [3, 8],
  [4, 8],
  [4, 16],
  [6, 8],
  [6, 16],
] as const;

const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Crafted {
  width: number;
  height: number;
  colour: number;
  depth: number;
  interlace: number;
  /** A filter for each row, then its bytes. */
  next: () => number;
  before?: Uint8Array[];
}

function header({ width, height, colour, depth, interlace }: Omit<Crafted, 'next'>): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colour, 0, 0, interlace], 8);
  return pngChunk('IHDR', data);
}

function craft(crafted: Crafted): Uint8Array {
  const { width, height, colour, depth, interlace, next, before = [] } = crafted;
  const rows: number[] = [];
  for (const [x, y, stepX, stepY] of interlace === 0 ? ([[0, 0, 1, 1]] as const) : adam7) {
    const columns = Math.ceil((width - x) / stepX);
    for (let row = y; row < height && columns > 0; row += stepY) {
      rows.push(next() % 5);
      for (let at = 0; at < Math.ceil((columns * samplesOf[colour]! * depth) / 8); at++) rows.push(next());
    }
  }
  const palette =
    colour === 3
      ? [
          pngChunk(
            'PLTE',
            Uint8Array.from({ length: 768 }, (_, at) => (at * 7) % 256),
          ),
        ]
      : [];
  const pixels = pngChunk('IDAT', deflateSync(Uint8Array.from(rows)));
  return concatenated([
    pngSignature,
    header(crafted),
    ...before,
    ...palette,
    pixels,
    pngChunk('IEND', new Uint8Array()),
  ]);
}

/** The value of one channel in 8 bits, from what fast-png gives. */
function expected(bytes: Uint8Array, colour: number, depth: number): number[] {
  const decoded = decode(bytes);
  const rgba: number[] = [];
  if (colour === 3) {
    const rgb = convertIndexedToRgb(decoded);
    for (let at = 0; at < rgb.length; at += 3) rgba.push(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!, 255);
    return rgba;
  }
  const { width, height, data } = decoded;
  const samples = samplesOf[colour]!;
  const rowBytes = Math.ceil((width * depth) / 8);
  const maximum = 2 ** depth - 1;
  const read = (pixel: number, sample: number): number => {
    if (depth >= 8) return Math.round((data[pixel * samples + sample]! * 255) / maximum);
    const [row, bit] = [Math.floor(pixel / width), (pixel % width) * depth];
    return Math.round((((data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & maximum) * 255) / maximum);
  };
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red, green, blue] = samples < 3 ? [0, 0, 0] : [0, 1, 2];
    const alpha = samples === 2 || samples === 4 ? read(pixel, samples - 1) : 255;
    rgba.push(read(pixel, red!), read(pixel, green!), read(pixel, blue!), alpha);
  }
  return rgba;
}

test('every colour type, depth, filter and interlacing gives what fast-png gives', () => {
  const side = fc.integer({ min: 1, max: 19 });
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      side,
      side,
      fc.nat(1),
      fc.infiniteStream(fc.nat(255)),
      ([colour, depth], width, height, interlace, stream) => {
        // fast-png reads interlaced rows of less than a byte a pixel wrongly.
        fc.pre(interlace === 0 || depth >= 8);
        const png = craft({ width, height, colour, depth, interlace, next: () => stream.next().value! });
        expect([...decodePng(png).data]).toEqual(expected(png, colour, depth));
      },
    ),
    { numRuns: runs(300) },
  );
});

test('interlaced rows of less than a byte a pixel lie where the passes put them', () => {
  // Every sample 1: white wherever a pass wrote.
  // 255 % 5 is filter 0, so that one value serves as both.
  const png = craft({ width: 11, height: 9, colour: 0, depth: 1, interlace: 1, next: () => 255 });
  expect(decodePng(png).data.every((value) => value === 255)).toBe(true);
});

test('a key colour is transparent at its own depth', () => {
  const before = [pngChunk('tRNS', Uint8Array.of(0x12, 0x34))];
  const values = [0, 0x12, 0x34, 0x12, 0x35];
  const png = craft({ width: 2, height: 1, colour: 0, depth: 16, interlace: 0, before, next: () => values.shift()! });
  expect([...decodePng(png).data]).toEqual([18, 18, 18, 0, 18, 18, 18, 255]);
});

test.each<[string, Partial<Omit<Crafted, 'next'>>, number, RegExp]>([
  ['a filter out of range', {}, 5, /no row filter 5/],
  ['interlacing out of range', { interlace: 2 }, 0, /no interlacing method 2/],
  ['a depth of another colour type', { colour: 6, depth: 4 }, 0, /colour type 6 does not come with 4 bits/],
  ['a colour type out of range', { colour: 5 }, 0, /no colour type 5/],
])('%s is refused by name', (_name, changed, filter, message) => {
  const head = { width: 1, height: 1, colour: 0, depth: 8, interlace: 0, ...changed };
  const pixels = pngChunk('IDAT', deflateSync(Uint8Array.of(filter, 0, 0, 0, 0)));
  const png = concatenated([pngSignature, header(head), pixels, pngChunk('IEND', new Uint8Array())]);
  expect(() => decodePng(png)).toThrow(message);
});

test('hundreds of thousands of empty chunks are refused by their number', () => {
  const empty = pngChunk('teSt', new Uint8Array());
  const many = new Uint8Array(300_000 * empty.length);
  for (let at = 0; at < many.length; at += empty.length) many.set(empty, at);
  const png = craft({ width: 1, height: 1, colour: 0, depth: 8, interlace: 0, before: [many], next: () => 0 });
  expect(() => decodePng(png)).toThrow(new RegExp(`more than ${pngLimits.chunks} chunks`));
});

test('the largest picture of 16 bits costs its rows and its pixels, and nothing beside', () => {
  const side = 1000;
  const rowBytes = side * (1 + side * 8);
  const png = concatenated([
    pngSignature,
    header({ width: side, height: side, colour: 6, depth: 16, interlace: 0 }),
    pngChunk('IDAT', deflateSync(new Uint8Array(rowBytes))),
    pngChunk('IEND', new Uint8Array()),
  ]);
  // What earlier tests left is gone before anything is counted; what may be collected meanwhile only makes the number smaller.
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const image = decodePng(png);
  const most = process.memoryUsage().arrayBuffers - before;
  expect(image.data).toHaveLength(side * side * 4);
  expect(most).toBeLessThan(rowBytes + image.data.length + 1024 * 1024);
});
