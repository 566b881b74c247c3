/**
 * What of an ICC profile (ICC.1:2022) the colour library is given: the tags that lead to sRGB, each of which lies in the file with all it
 * states. The library itself believes every number: 132 bytes that state two thousand million tags keep it until its memory is full.
 */
import { profileLimits } from './limits.js';

/** Primaries and white, curves, tables. Everything else (texts, measurements, the way back from sRGB) is of no use here. */
const points = ['rXYZ', 'gXYZ', 'bXYZ', 'wtpt'];
const curves = ['rTRC', 'gTRC', 'bTRC', 'kTRC'];
const tables = ['A2B0', 'A2B1', 'A2B2'];
/** Of a colour of the picture, by the space the header names. */
const channelsOf: Record<string, number> = { 'RGB ': 3, GRAY: 1 };
/** Of a colour in which profiles meet. */
const meeting = 3;
/** Of `parametricCurveType`, by its function (10.18). */
const parameters = [1, 3, 4, 5, 7];
const [header, entry] = [132, 12];

/** A copy that names only those tags; null where one of them is more than the file holds, or the profile is of no use for a picture. */
export function boundedProfile(profile: Uint8Array): Uint8Array | null {
  if (profile.length < header || profile.length > profileLimits.bytes) return null;
  const bytes = Uint8Array.from(profile);
  const view = new DataView(bytes.buffer);
  const channels = channelsOf[letters(view, 16)];
  const stated = view.getUint32(128);
  if (channels === undefined || stated > profileLimits.tags || header + entry * stated > bytes.length) return null;
  const kept = new Map<string, Uint8Array>();
  for (let at = header; at < header + entry * stated; at += entry) {
    const name = letters(view, at);
    if (kept.has(name) || ![points, curves, tables].some((names) => names.includes(name))) continue;
    const [offset, length] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    if (offset + length > bytes.length) return null;
    if (!isWhole(name, new DataView(bytes.buffer, offset, length), channels)) return null;
    kept.set(name, bytes.slice(at, at + entry));
  }
  view.setUint32(128, kept.size);
  for (const [index, one] of [...kept.values()].entries()) bytes.set(one, header + entry * index);
  return bytes;
}

/** The tag called `name` holds all it states. */
function isWhole(name: string, tag: DataView, channels: number): boolean {
  if (points.includes(name)) return tag.byteLength >= 20;
  if (curves.includes(name)) return curveLength(tag, 0) !== null;
  return isTable(tag, channels);
}

/** Bytes that a curve takes; null where it is none, ends behind the tag or has more points than any. */
function curveLength(tag: DataView, at: number): number | null {
  const stated = statedLength(tag, at);
  return stated !== null && at + stated <= tag.byteLength ? stated : null;
}

/** As its first twelve bytes state; null where they are not there, or state no curve or one of more points than any. */
function statedLength(tag: DataView, at: number): number | null {
  if (at + 12 > tag.byteLength) return null;
  switch (letters(tag, at)) {
    case 'curv': {
      const count = tag.getUint32(at + 8);
      return count > profileLimits.curvePoints ? null : 12 + 2 * count;
    }
    case 'para': {
      const count = parameters[tag.getUint16(at + 8)];
      return count === undefined ? null : 12 + 4 * count;
    }
    default:
      return null;
  }
}

function isTable(tag: DataView, channels: number): boolean {
  if (tag.byteLength < 52 || tag.getUint8(8) !== channels || tag.getUint8(9) !== meeting) return false;
  const cells = tag.getUint8(10) ** channels * meeting;
  switch (letters(tag, 0)) {
    case 'mft1': // 10.11
      return 48 + 256 * (channels + meeting) + cells <= tag.byteLength;
    case 'mft2': // 10.10
      return 52 + 2 * (tag.getUint16(48) * channels + cells + tag.getUint16(50) * meeting) <= tag.byteLength;
    case 'mAB ': // 10.12
      return isStaged(tag, channels);
    default:
      return false;
  }
}

/** Curves, a matrix, curves, a table, curves: each where its offset says, none where that is zero. */
function isStaged(tag: DataView, channels: number): boolean {
  const matrix = tag.getUint32(16);
  const table = tag.getUint32(24);
  return (
    areCurves(tag, tag.getUint32(12), meeting) &&
    (matrix === 0 || matrix + 48 <= tag.byteLength) &&
    areCurves(tag, tag.getUint32(20), meeting) &&
    (table === 0 || isGrid(tag, table, channels)) &&
    areCurves(tag, tag.getUint32(28), channels)
  );
}

/** One behind the other, each on a multiple of four bytes from the first. */
function areCurves(tag: DataView, first: number, count: number): boolean {
  for (let index = 0, at = first; first !== 0 && index < count; index++) {
    const length = curveLength(tag, at);
    if (length === null) return false;
    at += 4 * Math.ceil(length / 4);
  }
  return true;
}

function isGrid(tag: DataView, at: number, channels: number): boolean {
  if (at + 20 > tag.byteLength) return false;
  const precision = tag.getUint8(at + 16);
  let cells = meeting;
  for (let channel = 0; channel < channels; channel++) cells *= tag.getUint8(at + channel);
  return (precision === 1 || precision === 2) && at + 20 + cells * precision <= tag.byteLength;
}

function letters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(at + byte)));
}
