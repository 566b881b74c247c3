/** Pictures whose cost is out of proportion to their size, and the largest ones that are within every bound. */
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { concatenated, pngChunk, pngSignature } from '../../src/main/storage/images/png-chunks.js';

/** 40 megapixels, the most. */
const [width, height] = [8000, 5000];
const none = new Uint8Array();

interface Png {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlace?: number;
  /** Filters and bytes of all rows. */
  rows: Uint8Array;
  /** Chunks between header and pixels. */
  before?: readonly Uint8Array[];
  level?: number;
}

export function png({ rows, before = [], level = 6, ...head }: Png): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, head.width);
  view.setUint32(4, head.height);
  header.set([head.depth, head.colour, 0, 0, head.interlace ?? 0], 8);
  return concatenated([
    pngSignature,
    pngChunk('IHDR', header),
    ...before,
    pngChunk('IDAT', deflateSync(rows, { level })),
    pngChunk('IEND', none),
  ]);
}

const dot = { width: 1, height: 1, depth: 8, colour: 0, rows: new Uint8Array(2) };

/** One pixel that says a lot. */
export function pngSaying(keyword: string, text: string): Uint8Array {
  return png({ ...dot, before: [pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'))] });
}

/** Texts that unfold to 4 MB each. */
export function pngOfFoldedTexts(type: 'zTXt' | 'iTXt', count: number): Uint8Array {
  const folded = deflateSync(Buffer.alloc(4 * 1024 * 1024, ' '));
  const flags = type === 'zTXt' ? [0] : [1, 0, 0, 0];
  const texts = Array.from({ length: count }, (_, at) =>
    pngChunk(type, concatenated([Buffer.from(`key${at}\0`), Uint8Array.from(flags), folded])),
  );
  return png({ ...dot, before: texts });
}

export function pngOfEmptyChunks(count: number): Uint8Array {
  return png({ ...dot, before: Array<Uint8Array>(count).fill(pngChunk('teSt', none)) });
}

/** One pixel, and these chunks. */
export function pngWith(...before: Uint8Array[]): Uint8Array {
  return png({ ...dot, before });
}

const square = { width: 4000, height: 4000, depth: 8, colour: 6 };

export function pngOfFilter(filter: number): Uint8Array {
  return png({ ...square, rows: new Uint8Array(4000 * (1 + 4 * 4000)).fill(filter) });
}

export function pngOfInterlacing(interlace: number): Uint8Array {
  return png({ ...square, interlace, rows: new Uint8Array(4000 * (1 + 4 * 4000)) });
}

/** 40 megapixels of four samples of 16 bits, in some 300 KB. */
export function deepPng(): Uint8Array {
  return png({ width, height, depth: 16, colour: 6, rows: new Uint8Array(height * (1 + 8 * width)) });
}

/** 40 megapixels that no compression makes smaller. */
export function noisePng(): Uint8Array {
  const rows = randomBytes(height * (1 + width));
  for (let row = 0; row < height; row++) rows[row * (1 + width)] = 0;
  return png({ width, height, depth: 8, colour: 0, rows, level: 0 });
}

/** A graph of as many nodes, each of which takes its input from the next. */
export function comfyGraph(nodes: number): string {
  const parts = Array.from(
    { length: nodes },
    (_, at) => `"${at}":{"class_type":"KSampler","inputs":{"positive":["${at + 1}",0]}}`,
  );
  return `{${parts.join(',')}}`;
}

const segment = (marker: number, body: readonly number[]): number[] => [
  ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255],
  ...body,
];
const tables = segment(0xdb, [0, ...Array<number>(64).fill(1)]);
/** The shortest word of each table: no difference for DC, end of block for AC. */
const codes = [0x00, 0x10].flatMap((table) => segment(0xc4, [table, 1, ...Array<number>(15).fill(0), 0]));
const sized = (marker: number) =>
  segment(marker, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);

/** Progressive: each scan of 15 bytes goes over all blocks once more. */
export function jpegOfScans(scans: number): Uint8Array {
  const scan = [...segment(0xda, [1, 1, 0, 1, 0x3f, 0x10]), 0, 0, 0];
  const band = segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0xe0]);
  const head = [0xff, 0xd8, ...tables, ...sized(0xc2), ...band];
  return concatenated([Uint8Array.from(head), ...Array<Uint8Array>(scans).fill(Uint8Array.from(scan)), end]);
}

/** Baseline, 40 megapixels in some 160 KB; `restarts`: with a restart marker behind every block. */
export function largeJpeg(restarts: boolean): Uint8Array {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const head = [0xff, 0xd8, ...tables, ...sized(0xc0), ...codes, ...(restarts ? segment(0xdd, [0, 1]) : [])];
  const body = new Uint8Array(restarts ? 3 * blocks : Math.ceil(blocks / 4));
  if (restarts) for (let at = 0; at < blocks; at++) body.set([0x3f, 0xff, 0xd0 + (at % 8)], 3 * at);
  return concatenated([Uint8Array.from([...head, ...segment(0xda, [1, 1, 0, 0, 63, 0])]), body, end]);
}

const end = Uint8Array.of(0xff, 0xd9);
