/** One computed position of a timeline as bytes: what it measures, then its three panes, deflated, all under one checksum. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { CaptionReading } from '../../../shared/tokens/attributes.js';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { deepestJson, parseJson } from '../../../shared/json.js';

/** A position without its place in one request, with what the language model said of it where it was asked. */
export type CachedPosition = Omit<TimelinePosition, 'index'> & { caption?: CaptionReading };

const panes = ['noised', 'alone', 'restored'] as const;
/** Bumped whenever the bytes below, or what a position means, change: older files are then passed over. */
const magic = Buffer.from('DDT-position/1\n');
const checksumBytes = 32;
const start = magic.length + checksumBytes;
/** What a position measures: an entry for each of its tokens. */
const headerBounds = { characters: 64 * 1024 * 1024, depth: deepestJson };
/** No pack makes larger pictures; a damaged header must not ask for all memory. */
const largestPane = 4 * 4096 * 4096;

const [deflate, inflate] = [promisify(deflateRaw), promisify(inflateRaw)];

export async function writePosition(position: CachedPosition): Promise<Buffer> {
  const { noised, alone, restored, ...measured } = position;
  const pictures = [noised, alone, restored];
  const header = Buffer.from(
    JSON.stringify({ ...measured, sizes: pictures.map(({ width, height }) => [width, height]) }),
  );
  // Half of it is noise: more effort than the least gains nothing.
  const pixels = await deflate(Buffer.concat(pictures.map(({ data }) => data)), { level: 1 });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const body = Buffer.concat([length, header, pixels]);
  return Buffer.concat([magic, checksumOf(body), body]);
}

/** Null for anything that is not exactly what `writePosition` wrote. */
export async function readPosition(bytes: Buffer): Promise<CachedPosition | null> {
  if (bytes.length < start + 4 || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const body = bytes.subarray(start);
  if (!checksumOf(body).equals(bytes.subarray(magic.length, start))) return null;
  try {
    const end = 4 + body.readUInt32LE(0);
    const { sizes, ...measured } = parseJson(body.toString('utf8', 4, end), headerBounds) as Omit<
      CachedPosition,
      (typeof panes)[number]
    > & { sizes: [number, number][] };
    const pixels = await inflate(body.subarray(end), { maxOutputLength: panes.length * largestPane });
    let at = 0;
    const pictures = sizes.map(([width, height]): RasterImage => {
      const data = new Uint8Array(pixels.subarray(at, at + 4 * width * height));
      at += data.length;
      return { width, height, data };
    });
    const [noised, alone, restored] = pictures;
    if (noised === undefined || alone === undefined || restored === undefined || at !== pixels.length) return null;
    return { ...measured, noised, alone, restored };
  } catch {
    return null;
  }
}

function checksumOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest();
}
