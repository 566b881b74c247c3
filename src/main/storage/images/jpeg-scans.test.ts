import { decode, encode } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './images.js';
import { JpegTooCostly, onlyScans } from './jpeg-scans.js';
import { jpegLimits } from './limits.js';

interface Crafted {
  progressive?: boolean;
  width: number;
  height: number;
  /** Horizontal × 16 + vertical, by component. */
  sampling?: number[];
  precision?: number;
  /** First and last coefficient, by scan. */
  scans: [number, number][];
  restartInterval?: number;
}

function segment(marker: number, body: number[]): Uint8Array {
  return Uint8Array.of(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
}

/** Its scans hold nothing: only what the header says is looked at. */
function craft({ progressive, width, height, sampling = [0x11], precision = 8, scans, restartInterval }: Crafted) {
  const frame = [precision, height >> 8, height & 255, width >> 8, width & 255, sampling.length];
  const components = sampling.flatMap((factors, index) => [index + 1, factors, 0]);
  const table = [1, ...Array<number>(15).fill(0), 0xe0];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(progressive ? 0xc2 : 0xc0, [...frame, ...components]),
    ...segment(0xc4, [0x10, ...table]),
    ...(restartInterval === undefined ? [] : segment(0xdd, [restartInterval >> 8, restartInterval & 255])),
    ...scans.flatMap(([first, last]) => [
      ...segment(0xda, [
        sampling.length,
        ...sampling.flatMap((_, index) => [index + 1, 0]),
        first,
        last,
        first === 0 ? 0 : 0x10,
      ]),
      0,
      0,
    ]),
    ...[0xff, 0xd9],
  ]);
}

describe('what a JPEG would cost is summed up before it is decoded', () => {
  test.each<[string, Crafted, RegExp]>([
    [
      'many scans of a large picture',
      { progressive: true, width: 8000, height: 5000, scans: Array<[number, number]>(40).fill([1, 63]) },
      /^goes over its pixels too often \(13 scans of 8000 × 5000 pixels\)$/,
    ],
    [
      'more scans than any encoder writes',
      { progressive: true, width: 16, height: 16, scans: Array<[number, number]>(300).fill([1, 1]) },
      /^has more than 256 scans$/,
    ],
    [
      'more colour than fits the memory',
      { width: 8000, height: 5000, sampling: [0x11, 0x11, 0x11], scans: [[0, 63]] },
      /^is a JPEG of 8000 × 5000 pixels with 1\.9 million colour blocks; the most is 1\.2 million$/,
    ],
    [
      'restart markers do not count scans',
      {
        progressive: true,
        width: 8000,
        height: 5000,
        restartInterval: 1,
        scans: Array<[number, number]>(40).fill([1, 63]),
      },
      /too often/,
    ],
  ])('%s', (_name, crafted, message) => {
    const bytes = craft(crafted);
    expect(() => onlyScans(bytes)).toThrow(JpegTooCostly);
    expect(() => onlyScans(bytes)).toThrow(message);
    expect(() => decodeImage(bytes)).toThrow(expect.objectContaining({ code: 'image-too-large' }));
  });

  test('a thousand segments pass, ten thousand do not', () => {
    const small = craft({ width: 8, height: 8, scans: [[0, 63]] });
    const note = segment(0xe5, [1]);
    const withNotes = (count: number): Uint8Array =>
      Uint8Array.from([
        ...small.slice(0, 2),
        ...Array.from({ length: count }, () => [...note]).flat(),
        ...small.slice(2),
      ]);
    expect(onlyScans(withNotes(1000))).toEqual(onlyScans(small));
    expect(() => onlyScans(withNotes(10_000))).toThrow(`has more than ${jpegLimits.segments} segments`);
  });

  test('what ordinary encoders make of the largest picture passes', () => {
    const progression: [number, number][] = [
      [0, 0],
      [1, 5],
      [6, 63],
      [1, 63],
      [0, 0],
      [1, 63],
    ];
    const crafted = { progressive: true, width: 8000, height: 5000, sampling: [0x22, 0x11, 0x11], scans: progression };
    expect(() => onlyScans(craft(crafted))).not.toThrow();
  });
});

test.each<[string, Uint8Array, RegExp]>([
  ['12 bits a sample', craft({ width: 8, height: 8, precision: 12, scans: [[0, 63]] }), /12 bits a sample/],
  ['sampling out of range', craft({ width: 8, height: 8, sampling: [0x51], scans: [[0, 63]] }), /sampling is damaged/],
  ['no scan', craft({ width: 8, height: 8, scans: [] }), /has no pixels/],
  [
    'a band that ends before it begins',
    craft({ progressive: true, width: 8, height: 8, scans: [[9, 3]] }),
    /damaged scan/,
  ],
])('%s is refused by name', (_name, bytes, message) => {
  expect(() => onlyScans(bytes)).toThrow(message);
});

test('the reduced file decodes to the same pixels', () => {
  const data = Buffer.from(Uint8Array.from({ length: 40 * 24 * 4 }, (_, at) => (at * 31) % 256));
  const bytes = new Uint8Array(encode({ width: 40, height: 24, data }, 80).data);
  expect(decode(onlyScans(bytes)).data).toEqual(decode(bytes).data);
});
