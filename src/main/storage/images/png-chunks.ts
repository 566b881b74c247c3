/**
 * The chunks of a PNG file (PNG specification, third edition, 5 and 11.3.3). Bytes are untrusted: whatever does not fit
 * ends the walk or is passed over, lengths are bounded, and nothing here throws.
 */
import { crc32, inflateSync } from 'node:zlib';
import { pngLimits, pngTextLimits } from './limits.js';

export interface PngChunk {
  /** Four letters. */
  type: string;
  data: Uint8Array;
  isWhole: boolean;
}

/** A text chunk, whichever of the three kinds it was. */
export interface PngText {
  keyword: string;
  text: string;
}

/** `utf8`: always as iTXt, so that readers need not guess. */
export type NewPngText = PngText & { utf8?: boolean };

export const pngSignature = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A byte of deflate unfolds to at most this many. */
const largestRatio = 1032;
/** Length, type and CRC. */
const chunkFrame = 12;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function isPng(bytes: Uint8Array): boolean {
  return pngSignature.every((byte, index) => bytes[index] === byte);
}

/**
 * Up to IEND, or to where the file stops being chunks, or to one more than the limit. `isWhole` says whether the CRC fits; of
 * a type that is not `wanted` it is not computed and false.
 */
export function* pngChunks(bytes: Uint8Array, wanted: (type: string) => boolean = () => true): Generator<PngChunk> {
  if (!isPng(bytes)) return;
  let count = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = pngSignature.length; at + chunkFrame <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + chunkFrame + length;
    if (end > bytes.length || count++ > pngLimits.chunks) return;
    const type = latin1.decode(bytes.subarray(at + 4, at + 8));
    const isWhole = wanted(type) && crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    yield { type, data: bytes.subarray(at + 8, end - 4), isWhole };
    if (type === 'IEND') return;
    at = end;
  }
}

/** Every text that can be read, in file order; damaged and oversized ones are left out. */
export function pngTexts(bytes: Uint8Array): PngText[] {
  return readPngTexts(bytes).texts;
}

/** The same, with what was left out and why, one sentence each. */
export function readPngTexts(bytes: Uint8Array): { texts: PngText[]; faults: string[] } {
  const texts: PngText[] = [];
  const faults: string[] = [];
  let left: number = pngTextLimits.bytesInAll;
  let looked = 0;
  for (const { type, data, isWhole } of pngChunks(bytes, isText)) {
    if (!isText(type)) continue;
    if (looked++ === pngTextLimits.entries) {
      faults.push(`It holds more than ${pngTextLimits.entries} texts; the rest was not read.`);
      break;
    }
    const most = Math.max(0, Math.min(left, pngTextLimits.bytesPerText));
    const read = isWhole ? readText(type, data, most) : 'damaged';
    if (read === 'damaged') faults.push(`Its text “${shownKeyword(data)}” is damaged and was not read.`);
    else if (read === 'too-long') faults.push(tooLong(shownKeyword(data)));
    else texts.push(read.entry);
    // What unfolds to more than is allowed was unfolded that far too.
    left -= typeof read === 'string' ? Math.min(most, data.length * largestRatio) : read.bytes;
  }
  return { texts, faults };
}

function tooLong(keyword: string): string {
  const [one, all] = [pngTextLimits.bytesPerText, pngTextLimits.bytesInAll].map((bytes) => bytes / 1024 ** 2);
  return `Its text “${keyword}” was not read: a text may have ${one} MiB, and all of them together ${all} MiB.`;
}

function shownKeyword(data: Uint8Array): string {
  return keywordOf(data)?.keyword.replaceAll(/\p{C}/gu, '?') ?? 'without a name';
}

function isText(type: string): boolean {
  return type === 'tEXt' || type === 'zTXt' || type === 'iTXt';
}

/** The file with these texts right behind its header, in place of any it had under the same keywords. */
export function withPngTexts(bytes: Uint8Array, texts: readonly NewPngText[]): Uint8Array {
  const replaced = new Set(texts.map(({ keyword }) => keyword));
  const parts: Uint8Array[] = [pngSignature];
  for (const { type, data } of pngChunks(bytes)) {
    const isReplaced = isText(type) && replaced.has(keywordOf(data)?.keyword ?? '');
    if (!isReplaced) parts.push(pngChunk(type, data));
    if (type === 'IHDR') parts.push(...texts.map(textChunk));
  }
  return concatenated(parts);
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(chunkFrame + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let letter = 0; letter < 4; letter++) chunk[4 + letter] = type.charCodeAt(letter);
  chunk.set(data, 8);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, -4)));
  return chunk;
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What Latin-1 can say goes into tEXt, which every reader knows; anything else needs iTXt, which is UTF-8. */
function textChunk({ keyword, text, utf8: isUtf8 = false }: NewPngText): Uint8Array {
  const clean = text.replaceAll('\0', '');
  const key = Buffer.from(`${keyword}\0`, 'latin1');
  // eslint-disable-next-line no-control-regex -- the ranges of the encoding, which hold control characters
  if (!isUtf8 && /^[\u0000-\u007e\u00a0-\u00ff]*$/.test(clean)) {
    return pngChunk('tEXt', concatenated([key, Buffer.from(clean, 'latin1')]));
  }
  // Not compressed, no language, no translated keyword.
  return pngChunk('iTXt', concatenated([key, Uint8Array.of(0, 0, 0, 0), new TextEncoder().encode(clean)]));
}

type ReadText = { entry: PngText; bytes: number } | 'damaged' | 'too-long';

function readText(type: string, data: Uint8Array, most: number): ReadText {
  const key = keywordOf(data);
  if (key === null) return 'damaged';
  if (most === 0) return 'too-long';
  try {
    const body = type === 'iTXt' ? internationalBody(key.rest, most) : plainBody(type, key.rest, most);
    if (body === null) return 'damaged';
    if (body.length > most) return 'too-long';
    const text = type === 'iTXt' ? utf8.decode(body) : utf8OrLatin1(body);
    return { entry: { keyword: key.keyword, text }, bytes: body.length };
  } catch (error) {
    // Broken UTF-8, broken compression, or more in it than may be unpacked.
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too-long' : 'damaged';
  }
}

/** tEXt and zTXt are Latin-1 by their specification, and UTF-8 in many programs' files: valid UTF-8 is hardly ever meant otherwise. */
function utf8OrLatin1(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    return latin1.decode(body);
  }
}

function plainBody(type: string, rest: Uint8Array, most: number): Uint8Array | null {
  if (type === 'tEXt') return rest;
  return rest[0] === 0 ? inflateSync(rest.subarray(1), { maxOutputLength: most }) : null;
}

/** Compression flag, method, language tag, translated keyword, text (11.3.3.4). */
function internationalBody(rest: Uint8Array, most: number): Uint8Array | null {
  const language = rest.indexOf(0, 2);
  const translated = language === -1 ? -1 : rest.indexOf(0, language + 1);
  if (translated === -1) return null;
  const body = rest.subarray(translated + 1);
  if (rest[0] === 0) return body;
  return rest[0] === 1 && rest[1] === 0 ? inflateSync(body, { maxOutputLength: most }) : null;
}

/** 1…79 Latin-1 characters up to the first zero. */
function keywordOf(data: Uint8Array): { keyword: string; rest: Uint8Array } | null {
  const end = data.subarray(0, 80).indexOf(0);
  if (end < 1) return null;
  return { keyword: latin1.decode(data.subarray(0, end)), rest: data.subarray(end + 1) };
}
