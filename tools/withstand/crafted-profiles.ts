/** Colour profiles: a sound one, and those whose numbers promise more than any reader should believe (ICC.1:2022). */
import { deflateSync } from 'node:zlib';
import { concatenated, pngChunk } from '../../src/main/storage/images/png-chunks.js';

export type Tag = [name: string, data: Uint8Array];

interface Stated {
  /** How many tags it says it has. */
  tags?: number;
  /** Of a picture's colours, and of those in which profiles meet. */
  spaces?: string;
  version?: 2 | 4;
}

export function profileOf(
  tags: readonly Tag[],
  { tags: stated = tags.length, spaces = 'RGB XYZ ', version = 4 }: Stated = {},
): Uint8Array {
  const start = 132 + 12 * tags.length;
  const bytes = Buffer.alloc(tags.reduce((sum, [, data]) => sum + data.length, start));
  bytes.writeUInt32BE(bytes.length, 0);
  bytes[8] = version;
  bytes.write(`mntr${spaces}`, 12, 'latin1');
  bytes.write('acsp', 36, 'latin1');
  for (const [index, value] of [0.9642, 1, 0.8249].entries())
    bytes.writeInt32BE(Math.round(value * 65_536), 68 + 4 * index);
  bytes.writeUInt32BE(stated, 128);
  let at = start;
  for (const [index, [name, data]] of tags.entries()) {
    const entry = 132 + 12 * index;
    bytes.write(name, entry, 'latin1');
    bytes.writeUInt32BE(at, entry + 4);
    bytes.writeUInt32BE(data.length, entry + 8);
    bytes.set(data, at);
    at += data.length;
  }
  return new Uint8Array(bytes);
}

/** A type, four empty bytes, then numbers of 32 bits. */
function typed(type: string, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * values.length);
  bytes.write(type, 'latin1');
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 8 + 4 * index);
  return bytes;
}

export function point(...values: [number, number, number]): Buffer {
  return typed('XYZ ', ...values.map((value) => Math.round(value * 65_536)));
}

/** `stated` points, of which these are there. */
export function curve(samples: readonly number[], stated = samples.length): Buffer {
  const bytes = Buffer.alloc(2 * samples.length);
  for (const [index, sample] of samples.entries()) bytes.writeUInt16BE(sample, 2 * index);
  return Buffer.concat([typed('curv', stated), bytes]);
}

/** Display P3's primaries. */
export const primaries: Tag[] = [
  ['wtpt', point(0.9642, 1, 0.8249)],
  ['rXYZ', point(0.5151, 0.2412, -0.0011)],
  ['gXYZ', point(0.292, 0.6922, 0.0419)],
  ['bXYZ', point(0.1571, 0.0666, 0.7841)],
];
const squares = Array.from({ length: 64 }, (_, at) => Math.round(65_535 * (at / 63) ** 2));
export const curves = (one: Uint8Array): Tag[] => ['rTRC', 'gTRC', 'bTRC'].map((name) => [name, one]);
/** With words, as most have them. */
const words = Buffer.concat([typed('mluc', 1, 12, 0x656e5553, 4, 28), Buffer.from('\0P\x003', 'latin1')]);
export const soundProfile = profileOf([['desc', words], ...primaries, ...curves(curve(squares))]);

/** `mft1`: a grid of 2 a side, curves of 256. */
export function table(grid = 2, channels = 3): Buffer {
  const head = Buffer.alloc(48);
  head.write('mft1', 'latin1');
  head.set([channels, 3, grid], 8);
  const straight = Array.from({ length: 3 }, () => Array.from({ length: 256 }, (_, at) => at)).flat();
  const cells = Array.from({ length: 8 }, (_, at) =>
    [at & 4, at & 2, at & 1].map((bit) => (bit === 0 ? 0 : 255)),
  ).flat();
  return Buffer.concat([head, Uint8Array.from([...straight, ...cells, ...straight])]);
}

/** `mft2`: the same with curves of 2 and 16 bits. */
export function wideTable(): Buffer {
  const head = Buffer.alloc(52);
  head.write('mft2', 'latin1');
  head.set([3, 3, 2], 8);
  head.writeUInt16BE(2, 48);
  head.writeUInt16BE(2, 50);
  return Buffer.concat([head, Buffer.alloc(2 * (6 + 24 + 6), 0x7f)]);
}

/** `mAB `: the same between curves, which the beginning and the end share. */
export function stagedTable(): Buffer {
  const head = Buffer.alloc(32);
  head.write('mAB ', 'latin1');
  head.set([3, 3], 8);
  const three = Buffer.concat(Array<Buffer>(3).fill(curve([0, 65_535])));
  const grid = Buffer.alloc(20 + 24, 0x7f);
  grid.set([2, 2, 2], 0);
  grid[16] = 1;
  head.writeUInt32BE(32, 12);
  head.writeUInt32BE(32 + three.length, 24);
  head.writeUInt32BE(32, 28);
  return Buffer.concat([head, three, grid]);
}

const old = { spaces: 'RGB Lab ', version: 2 } as const;
/** Each leads to sRGB in another way. */
export const soundProfiles: [name: string, profile: Uint8Array][] = [
  ['curves of samples, and words', soundProfile],
  ['a gamma', profileOf([...primaries, ...curves(gamma())])],
  ['a table of 8 bits', profileOf([primaries[0]!, ['A2B0', table()], ['A2B1', table()]], old)],
  ['a table of 16 bits', profileOf([primaries[0]!, ['A2B0', wideTable()], ['A2B1', wideTable()]], old)],
  ['a table between curves', profileOf([primaries[0]!, ['A2B0', stagedTable()], ['A2B1', stagedTable()]])],
  ['a curve of greys', profileOf([primaries[0]!, ['kTRC', gamma()]], { spaces: 'GRAYXYZ ' })],
];

/** `para` of the first form. */
function gamma(): Buffer {
  const bytes = typed('para', 0, 0);
  bytes.writeUInt32BE(Math.round(2.2 * 65_536), 12);
  return bytes;
}

const most = 0x7fffffff;
/** Without a bound each of them keeps its reader for minutes, or until its memory is full. */
export const hostileProfiles: [name: string, make: () => Uint8Array][] = [
  ['two thousand million tags', () => profileOf([], { tags: most })],
  ['curves of a hundred million points that are not there', () => profileOf([...primaries, ...curves(curve([], 1e8))])],
  ['curves of a million points', () => profileOf([...primaries, ...curves(curve(Array<number>(1e6).fill(0x5555)))])],
  ['two thousand million translations of its name', () => profileOf([['desc', typed('mluc', most, 12)]])],
  ['a name of two thousand million letters', () => profileOf([['desc', typed('mluc', 1, 12, 0, most - 1, 0)]])],
  ['a table of 15 channels', () => profileOf([...primaries, ['A2B1', table(255, 15)]])],
  ['a table of more cells than there are', () => profileOf([...primaries, ['A2B1', table(255)]])],
  ['steps without an end', () => profileOf([['D2B1', typed('mpet', 0x00030003, most)]])],
  ['a matrix of two gigabytes', () => longMatrix()],
];

function longMatrix(): Uint8Array {
  const bytes = profileOf([['chad', typed('sf32', 0)]]);
  new DataView(bytes.buffer).setUint32(140, most);
  return bytes;
}

/** The chunk of a PNG. */
export function profileChunk(profile: Uint8Array): Uint8Array {
  return pngChunk('iCCP', concatenated([Buffer.from('profile\0\0', 'latin1'), deflateSync(profile)]));
}
