/**
 * What is read of an EXIF block (CIPA DC-008, a TIFF 6.0 file in small): the orientation and the texts in which programs keep
 * prompts. Untrusted bytes: offsets are checked, directories are visited once, and nothing here throws.
 */
import { exifTextLimits } from './limits.js';

export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface ExifData {
  orientation: Orientation;
  texts: ExifText[];
  /** What was there and could not be read, one sentence each. */
  faults: string[];
}

export interface ExifText {
  tag: keyof typeof textTags;
  text: string;
}

/** The tags in which programs that draw from words keep texts. */
const textTags = {
  ImageDescription: 0x010e,
  Make: 0x010f,
  Model: 0x0110,
  Software: 0x0131,
  MakerNote: 0x927c,
  UserComment: 0x9286,
} as const;
const tagNames = new Map<number, keyof typeof textTags>(
  (Object.keys(textTags) as (keyof typeof textTags)[]).map((name) => [textTags[name], name]),
);
const orientationTag = 0x0112;
const exifDirectoryTag = 0x8769;
/** Bytes of a value by its type (TIFF 6.0, 2). */
const sizes: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  129: 1,
};
const mostEntries = 512;
/** Characters of a text that show in which order it was written. */
const enoughToTell = 65_536;
/** As long as no text of any script makes by chance in the wrong byte order. */
const latinRun = /[\n\r\t -~]{4}/;

const nothing: ExifData = { orientation: 1, texts: [], faults: [] };

/** `bytes` with or without the "Exif\0\0" that stands before it in JPEG. Without `withTexts` only the orientation. */
export function readExif(bytes: Uint8Array, withTexts = true): ExifData {
  const tiff = startsWith(bytes, 'Exif\0\0') ? bytes.subarray(6) : bytes;
  if (tiff.length < 8) return nothing;
  const isLittle = startsWith(tiff, 'II');
  if (!isLittle && !startsWith(tiff, 'MM')) return nothing;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.getUint16(2, isLittle) !== 42) return nothing;
  const found: ExifData = { orientation: 1, texts: [], faults: [] };
  // The first directory and the Exif one; the second directory of a file describes its thumbnail.
  const waiting = [view.getUint32(4, isLittle)];
  const seen = new Set<number>();
  let left: number = exifTextLimits.bytesInAll;
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (seen.has(at) || seen.size === 2 || at + 2 > tiff.length) continue;
    seen.add(at);
    const count = Math.min(view.getUint16(at, isLittle), mostEntries);
    for (let entry = at + 2; entry < at + 2 + count * 12 && entry + 12 <= tiff.length; entry += 12) {
      const tag = view.getUint16(entry, isLittle);
      if (tag === exifDirectoryTag) waiting.push(view.getUint32(entry + 8, isLittle));
      else if (tag === orientationTag) found.orientation = orientationOf(view, entry, isLittle) ?? found.orientation;
      else {
        const name = withTexts ? tagNames.get(tag) : undefined;
        const value = name === undefined || left < 0 ? null : valueAt(view, tiff, entry, isLittle);
        if (name === undefined || value === null) continue;
        if (value.length <= exifTextLimits.bytesPerText) left -= value.length;
        if (left < 0) found.faults.push('Its EXIF texts are longer than 16 MiB together; the rest was not read.');
        else readTextEntry(found, name, value, isLittle);
      }
    }
  }
  return found;
}

function orientationOf(view: DataView, entry: number, isLittle: boolean): Orientation | null {
  const type = view.getUint16(entry + 2, isLittle);
  const value = type === 3 ? view.getUint16(entry + 8, isLittle) : type === 4 ? view.getUint32(entry + 8, isLittle) : 0;
  return value >= 1 && value <= 8 ? (value as Orientation) : null;
}

function readTextEntry(found: ExifData, tag: keyof typeof textTags, value: Uint8Array, isLittle: boolean): void {
  if (value.length > exifTextLimits.bytesPerText) {
    found.faults.push(`Its EXIF text ${tag} is longer than 4 MiB and was not read.`);
    return;
  }
  const text = tag === 'UserComment' ? userComment(value, isLittle) : plainText(value);
  if (text === null)
    found.faults.push(`Its EXIF text ${tag} is in an encoding that cannot be told, so it was not read.`);
  else if (text.trim() !== '') found.texts.push({ tag, text });
}

/** The bytes of an entry's value: in the entry itself up to four, elsewhere beyond; null where they lie outside the block. */
function valueAt(view: DataView, tiff: Uint8Array, entry: number, isLittle: boolean): Uint8Array | null {
  const size = sizes[view.getUint16(entry + 2, isLittle)];
  if (size === undefined) return null;
  const length = size * view.getUint32(entry + 4, isLittle);
  const at = length <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle);
  return at + length <= tiff.length ? tiff.subarray(at, at + length) : null;
}

/**
 * UserComment begins with eight bytes that name its encoding; programs that keep prompts there often leave them out. Null when
 * the encoding cannot be told.
 */
function userComment(value: Uint8Array, isLittle: boolean): string | null {
  const body = value.subarray(8);
  if (startsWith(value, 'UNICODE\0')) return utf16OrUtf8(body, isLittle);
  if (startsWith(value, 'ASCII\0\0\0')) return asciiOrUtf8(body);
  if (startsWith(value, 'JIS\0\0\0\0\0')) return japanese(body);
  if (value.length >= 8 && value.subarray(0, 8).every((byte) => byte === 0)) return plainText(body);
  return plainText(value);
}

/** UTF-8 where the bytes are valid UTF-8, else Latin-1; up to the first zero. */
export function plainText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const body = end === -1 ? bytes : bytes.subarray(0, end);
  return decoded('utf-8', body) ?? new TextDecoder('latin1').decode(body);
}

/** What says ASCII is that, or UTF-8 as programs write it; other bytes are damage, or an encoding that is not said. */
function asciiOrUtf8(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  return decoded('utf-8', end === -1 ? bytes : bytes.subarray(0, end));
}

function japanese(bytes: Uint8Array): string | null {
  // JIS X 0208 as EXIF has it comes with its escapes (ISO 2022-JP); without any, only ASCII can be told.
  return decoded('iso-2022-jp', withoutEnd(bytes));
}

/**
 * "UNICODE" says UCS-2 and leaves the byte order open. Latin letters, spaces and digits tell it: every prompt text of other
 * programs holds some, and the wrong order turns them into something else. Without any, the block's own order counts.
 */
function utf16OrUtf8(bytes: Uint8Array, isLittle: boolean): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return upToZero(utf16(bytes.subarray(2), true));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return upToZero(utf16(bytes.subarray(2), false));
  // Some programs write UTF-8 behind the name all the same: no zero byte, although Latin letters are there.
  const body = withoutEnd(bytes);
  if (!body.includes(0) && latinLetters(body) * 2 > body.length) return decoded('utf-8', body);
  const [little, big] = [utf16(bytes, true), utf16(bytes, false)];
  if (little === null || big === null) return upToZero(little ?? big);
  // A byte that was lost or came between turns the order in the middle of the text: whichever is read, its other part is not what
  // was written, and a heading such as "Negative prompt:" may have lain between.
  if (latinRun.test(little) && latinRun.test(big)) return null;
  const [first, second] = isLittle ? [little, big] : [big, little];
  const [one, other] = [first, second].map((text) => latinIn(text.slice(0, enoughToTell))) as [number, number];
  return upToZero(other > one ? second : first);
}

/** With whatever stands behind its end. */
function utf16(bytes: Uint8Array, isLittle: boolean): string | null {
  return decoded(isLittle ? 'utf-16le' : 'utf-16be', bytes.subarray(0, bytes.length - (bytes.length % 2)));
}

function upToZero(text: string | null): string | null {
  return text === null ? null : text.split('\0', 1)[0]!;
}

function latinIn(text: string): number {
  return text.length - text.replaceAll(/[\n\r\t -~]/g, '').length;
}

function latinLetters(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + (byte >= 0x20 && byte < 0x7f ? 1 : 0), 0);
}

function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** Null where the bytes are not of that encoding. */
function decoded(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}
