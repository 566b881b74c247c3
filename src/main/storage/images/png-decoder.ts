/**
 * The pixels of a PNG as RGBA with 8 bits (PNG specification, 7 to 9). Rows are unpacked once and turned into pixels in place,
 * so that the largest picture of 16 bits costs its rows and its pixels and nothing beside.
 */
import type { RasterImage } from '../../../shared/pictures/images.js';
import { readPngParts, type PngHeader, type PngParts } from './png-pixels.js';

/** First column and row and the distances to the next ones; without interlacing there is one pass. */
interface Pass {
  x: number;
  y: number;
  stepX: number;
  stepY: number;
}

const wholePass: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const adam7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/** Throws an Error whose message is for the middle of a sentence, and `PngTooCostly`. */
export function decodePng(bytes: Uint8Array): RasterImage {
  const parts = readPngParts(bytes);
  const { header } = parts;
  const passes = (header.isInterlaced ? adam7 : wholePass).map((pass) => ({ pass, ...sizeOf(pass, header) }));
  const bitsPerPixel = header.samples * header.depth;
  const bytesPerRow = (columns: number): number => Math.ceil((columns * bitsPerPixel) / 8);
  const length = passes.reduce(
    (sum, { columns, rows }) => (columns === 0 ? sum : sum + rows * (1 + bytesPerRow(columns))),
    0,
  );
  const packed = parts.unpack(length);
  const image = { width: header.width, height: header.height, data: new Uint8Array(header.width * header.height * 4) };
  const write = writerOf(parts, image);
  const distance = Math.max(1, bitsPerPixel >> 3);
  let at = 0;
  for (const { pass, columns, rows } of passes) {
    if (columns === 0) continue;
    const rowBytes = bytesPerRow(columns);
    let above: Uint8Array = new Uint8Array(rowBytes);
    for (let row = 0; row < rows; row++) {
      const current = packed.subarray(at + 1, at + 1 + rowBytes);
      unfilter(packed[at]!, current, above, distance);
      write(current, columns, (pass.y + row * pass.stepY) * header.width + pass.x, pass.stepX);
      above = current;
      at += 1 + rowBytes;
    }
  }
  return image;
}

function sizeOf({ x, y, stepX, stepY }: Pass, { width, height }: PngHeader): { columns: number; rows: number } {
  return {
    columns: Math.max(0, Math.ceil((width - x) / stepX)),
    rows: Math.max(0, Math.ceil((height - y) / stepY)),
  };
}

/** In place; `distance` is to the same sample of the pixel on the left (9.2). */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, distance: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let at = distance; at < row.length; at++) row[at]! += row[at - distance]!;
      return;
    case 2:
      for (let at = 0; at < row.length; at++) row[at]! += above[at]!;
      return;
    case 3:
      for (let at = 0; at < row.length; at++) {
        row[at]! += ((at < distance ? 0 : row[at - distance]!) + above[at]!) >> 1;
      }
      return;
    case 4:
      for (let at = 0; at < row.length; at++) {
        const left = at < distance ? 0 : row[at - distance]!;
        const corner = at < distance ? 0 : above[at - distance]!;
        row[at]! += paeth(left, above[at]!, corner);
      }
      return;
    default:
      throw new Error(`there is no row filter ${filter}`);
  }
}

/** Whichever neighbour is nearest to left + up − corner (9.4). */
function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Writes `columns` pixels of a row from pixel `from` on, `step` pixels apart. */
type RowWriter = (row: Uint8Array, columns: number, from: number, step: number) => void;

function writerOf({ header, palette, transparency }: PngParts, { data }: RasterImage): RowWriter {
  const read = sampleReader(header.depth);
  if (header.colour === 3) {
    const colours = paletteOf(palette, transparency);
    return (row, columns, from, step) => {
      for (let column = 0, to = from * 4; column < columns; column++, to += step * 4) {
        const entry = read(row, column) * 4;
        if (entry >= colours.length) throw new Error('its palette does not fit its pixels');
        for (let channel = 0; channel < 4; channel++) data[to + channel] = colours[entry + channel]!;
      }
    };
  }
  const { samples, depth } = header;
  if (samples === 4 && depth === 8) {
    return (row, columns, from, step) => {
      if (step === 1) return data.set(row, from * 4);
      for (let column = 0; column < columns; column++) {
        data.set(row.subarray(column * 4, column * 4 + 4), (from + column * step) * 4);
      }
    };
  }
  const toByte = byteScale(depth);
  const hasAlpha = samples === 2 || samples === 4;
  const [red, green, blue] = samples < 3 ? [0, 0, 0] : [0, 1, 2];
  const key = hasAlpha ? null : keyColour(transparency, samples);
  return (row, columns, from, step) => {
    for (let column = 0, to = from * 4, first = 0; column < columns; column++, to += step * 4, first += samples) {
      data[to] = toByte[read(row, first + red)]!;
      data[to + 1] = toByte[read(row, first + green)]!;
      data[to + 2] = toByte[read(row, first + blue)]!;
      const isKey = key?.every((value, sample) => read(row, first + sample) === value) ?? false;
      data[to + 3] = hasAlpha ? toByte[read(row, first + samples - 1)]! : isKey ? 0 : 255;
    }
  };
}

/** Samples of less than a byte are packed from the high bits. */
function sampleReader(depth: number): (row: Uint8Array, index: number) => number {
  if (depth === 8) return (row, index) => row[index]!;
  if (depth === 16) return (row, index) => (row[2 * index]! << 8) | row[2 * index + 1]!;
  const mask = 2 ** depth - 1;
  return (row, index) => (row[(index * depth) >> 3]! >> (8 - depth - ((index * depth) & 7))) & mask;
}

/** A sample's value in 8 bits. */
function byteScale(depth: number): Uint8Array {
  const maximum = 2 ** depth - 1;
  return Uint8Array.from({ length: maximum + 1 }, (_, value) => Math.round((value * 255) / maximum));
}

/** The colour that is fully transparent, in samples of the picture's own depth. */
function keyColour(transparency: Uint8Array | null, samples: number): number[] | null {
  if (transparency === null || transparency.length < 2 * samples) return null;
  return Array.from({ length: samples }, (_, at) => (transparency[2 * at]! << 8) | transparency[2 * at + 1]!);
}

function paletteOf(palette: Uint8Array | null, transparency: Uint8Array | null): Uint8Array {
  if (palette === null || palette.length === 0 || palette.length % 3 !== 0) throw new Error('its palette is damaged');
  const colours = new Uint8Array((palette.length / 3) * 4);
  for (let entry = 0; entry < palette.length / 3; entry++) {
    colours.set(palette.subarray(entry * 3, entry * 3 + 3), entry * 4);
    colours[entry * 4 + 3] = transparency?.[entry] ?? 255;
  }
  return colours;
}
