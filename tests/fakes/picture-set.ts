/** Picture files of every kind that people bring, made here: depths, palettes, greys, inks, interlacing, transparency, colours, turns. */
import { deflateSync } from 'node:zlib';
import { encode as encodeJpeg } from 'jpeg-js';
import { matrixProfile, type Chromaticities, type Curve } from '../../src/main/storage/images/matrix-profile.js';
import { concatenated, pngChunk } from '../../src/main/storage/images/png-chunks.js';
import { GifWriter } from '../../src/shared/pictures/gif.js';
import { cmykJpeg } from '../robustness/cmyk-jpeg.js';
import { craftPng, samplesOf } from './crafted-png.js';

export interface PictureCase {
  name: string;
  bytes: Uint8Array;
}

const width = 33;
const height = 21;
const displayP3: Chromaticities = {
  white: [0.3127, 0.329],
  red: [0.68, 0.32],
  green: [0.265, 0.69],
  blue: [0.15, 0.06],
};
const adobe: Chromaticities = { white: [0.3127, 0.329], red: [0.64, 0.33], green: [0.21, 0.71], blue: [0.15, 0.06] };
const srgb: Chromaticities = { white: [0.3127, 0.329], red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Smooth, with every value of a channel somewhere, and no two channels alike. */
const level = (x: number, y: number, channel: number): number =>
  channel === 3 ? (255 * (x + 1)) / width : [(255 * x) / (width - 1), (255 * y) / (height - 1), (255 * (x + y)) / (width + height - 2)][channel]!; // prettier-ignore
const inDepth =
  (depth: number) =>
  (x: number, y: number, channel: number): number =>
    Math.round((level(x, y, channel) / 255) * (2 ** depth - 1));

interface Kind {
  colour: number;
  depth: number;
}

const kinds: Kind[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ colour: 0, depth })),
  ...[8, 16].map((depth) => ({ colour: 2, depth })),
  ...[1, 2, 4, 8].map((depth) => ({ colour: 3, depth })),
  ...[8, 16].flatMap((depth) => [4, 6].map((colour) => ({ colour, depth }))),
];
const kindNames: Record<number, string> = {
  0: 'grey',
  2: 'RGB',
  3: 'palette',
  4: 'grey and alpha',
  6: 'RGB and alpha',
};

function png(
  { colour, depth }: Kind,
  isInterlaced = false,
  before: Uint8Array[] = [],
  after: Uint8Array[] = [],
): Uint8Array {
  // Of grey with alpha the second sample is the alpha.
  const deep = inDepth(depth);
  const sample = (x: number, y: number, channel: number): number => deep(x, y, samplesOf[colour] === 2 && channel === 1 ? 3 : channel); // prettier-ignore
  return craftPng({ width, height, colour, depth, isInterlaced, sample, before, after });
}

const numbers = (...values: number[]): Uint8Array => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeUInt32BE(Math.round(value * 100_000), 4 * at));
  return bytes;
};
const primaries = (where: Chromaticities): Uint8Array =>
  pngChunk('cHRM', numbers(...where.white, ...where.red, ...where.green, ...where.blue));
const gamma = (value: number): Uint8Array => pngChunk('gAMA', numbers(value));
const profile = (where: Chromaticities, curve: Curve): Uint8Array =>
  pngChunk('iCCP', concatenated([latin('profile\0\0'), deflateSync(matrixProfile(where, curve)!)]));
const turn = (orientation: number): Uint8Array =>
  Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0);
const rgb: Kind = { colour: 2, depth: 8 };

/** With the chunks that say in which colours the numbers are meant. */
const coloured: [name: string, chunks: Uint8Array[]][] = [
  ['sRGB', [pngChunk('sRGB', Uint8Array.of(0))]],
  ['gAMA of sRGB', [gamma(0.45455)]],
  ['gAMA and cHRM of sRGB', [gamma(0.45455), primaries(srgb)]],
  ['gAMA 1 ⁄ 1.8 and cHRM', [gamma(1 / 1.8), primaries(srgb)]],
  ['ICC profile of Display P3', [profile(displayP3, 'srgb')]],
  ['ICC profile like Adobe RGB', [profile(adobe, { gamma: 2.2 })]],
];

function jpegWith(...segments: [marker: number, data: Uint8Array][]): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    for (let channel = 0; channel < 3; channel++)
      data[4 * at + channel] = level(at % width, Math.floor(at / width), channel);
  }
  const plain = new Uint8Array(encodeJpeg({ width, height, data: Buffer.from(data) }, 95).data);
  const parts = segments.map(([marker, body]) =>
    concatenated([Uint8Array.of(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255), body]),
  );
  return concatenated([plain.subarray(0, 2), ...parts, plain.subarray(2)]);
}

function gif(): Uint8Array {
  const palette = Uint8Array.from({ length: 3 * 64 }, (_, at) => (at * 61) % 256);
  const writer = new GifWriter(width, height, palette);
  const frame = (by: number) => ({ width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : level((at >> 2) % width, Math.floor((at >> 2) / width), (at + by) % 3))) }); // prettier-ignore
  writer.add(frame(0), 100);
  writer.add(frame(1), 100);
  return writer.finish();
}

export const pictureSet: PictureCase[] = [
  ...kinds.flatMap((kind) =>
    [false, true].map((isInterlaced) => ({
      name: `PNG, ${kindNames[kind.colour]} of ${kind.depth} bits${isInterlaced ? ', interlaced' : ''}`,
      bytes: png(kind, isInterlaced),
    })),
  ),
  { name: 'PNG, palette with transparency', bytes: png({ colour: 3, depth: 4 }, false, [], [pngChunk('tRNS', Uint8Array.of(0, 80, 200))]) },
  { name: 'PNG, RGB with a transparent colour', bytes: png(rgb, false, [], [pngChunk('tRNS', Uint8Array.of(0, 0, 0, 0, 0, 0))]) },
  { name: 'PNG, grey of 16 bits with a transparent value', bytes: png({ colour: 0, depth: 16 }, false, [], [pngChunk('tRNS', Uint8Array.of(0, 0))]) },
  ...coloured.map(([name, chunks]) => ({ name: `PNG, ${name}`, bytes: png(rgb, false, chunks) })),
  { name: 'PNG, 16 bits with a profile', bytes: png({ colour: 2, depth: 16 }, false, [profile(displayP3, 'srgb')]) },
  { name: 'PNG, transparency with a profile', bytes: png({ colour: 6, depth: 8 }, false, [profile(displayP3, 'srgb')]) },
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation) => [
    { name: `PNG, orientation ${orientation}`, bytes: png(rgb, false, [pngChunk('eXIf', turn(orientation))]) },
    { name: `JPEG, orientation ${orientation}`, bytes: jpegWith([0xe1, concatenated([latin('Exif\0\0'), turn(orientation)])]) },
  ]),
  { name: 'JPEG', bytes: jpegWith() },
  { name: 'JPEG, ICC profile of Display P3', bytes: jpegWith([0xe2, concatenated([latin('ICC_PROFILE\0'), Uint8Array.of(1, 1), matrixProfile(displayP3, 'srgb')!])]) },
  { name: 'JPEG, CMYK', bytes: cmykJpeg },
  { name: 'GIF, animated', bytes: gif() },
]; // prettier-ignore
