/**
 * Every text that an image file carries beside its pixels, whatever the container: the text chunks of PNG, EXIF in all three,
 * XMP, and JPEG's comments. The content decides what the file is, never its name.
 */
import { readExif, plainText, type ExifText, type Orientation } from './exif.js';
import { isJpeg, jpegSegments, leadsToPixels } from './jpeg-segments.js';
import { pngTextLimits } from './limits.js';
import { isPng, pngChunks, readPngTexts, type PngText } from './png-chunks.js';
import { isFilled, isWebp, webpChunks } from './webp-chunks.js';
import { xmpUserComment } from './xmp.js';

export interface FileTexts {
  /** By keyword, in file order: PNG's text chunks and JPEG's comments, these under `Comment`. */
  named: PngText[];
  exif: ExifText[];
  /** `exif:UserComment` of the XMP packet. */
  xmp: string | null;
  /** What was there and could not be read, one sentence each. */
  faults: string[];
}

const xmpKeyword = 'XML:com.adobe.xmp';
const xmpHeader = 'http://ns.adobe.com/xap/1.0/\0';
/** An own chunk of ComfyUI's animated PNGs: keyword, zero, text. */
const comfyChunk = 'comf';

export function readFileTexts(bytes: Uint8Array): FileTexts {
  if (isPng(bytes)) return pngFileTexts(bytes);
  if (isJpeg(bytes)) return jpegFileTexts(bytes);
  if (isWebp(bytes)) return webpFileTexts(bytes);
  return { named: [], exif: [], xmp: null, faults: [] };
}

/** As EXIF says; 1 where it says nothing. */
export function orientationOf(bytes: Uint8Array): Orientation {
  const block = exifBlock(bytes);
  return block === null ? 1 : readExif(block, false).orientation;
}

function exifBlock(bytes: Uint8Array): Uint8Array | null {
  for (const { type, data, isWhole } of pngChunks(bytes)) if (type === 'eXIf' && isWhole) return data;
  for (const { marker, data } of jpegSegments(bytes)) if (marker === 0xe1 && isExif(data)) return data;
  for (const { type, data } of webpChunks(bytes)) if (type === 'EXIF') return data;
  return null;
}

function pngFileTexts(bytes: Uint8Array): FileTexts {
  const { texts, faults } = readPngTexts(bytes);
  const { exif, faults: unread } = exifTexts(exifBlock(bytes));
  const packet = texts.find(({ keyword }) => keyword === xmpKeyword);
  const named = texts.filter(({ keyword }) => keyword !== xmpKeyword);
  const tooLong: string[] = [];
  for (const { type, data, isWhole } of pngChunks(bytes)) {
    if (type !== comfyChunk || !isWhole) continue;
    if (data.length > pngTextLimits.bytesPerText) {
      tooLong.push('A text of ComfyUI in it is longer than 4 MiB and was not read.');
      continue;
    }
    const end = data.indexOf(0);
    if (end > 0) named.push({ keyword: plainText(data.subarray(0, end)), text: plainText(data.subarray(end + 1)) });
  }
  return {
    named,
    exif,
    xmp: packet === undefined ? null : xmpUserComment(packet.text),
    faults: [...faults, ...unread, ...tooLong],
  };
}

/** Nothing guards the texts of JPEG and WebP but the order of the file itself. */
const broken: FileTexts = {
  named: [],
  exif: [],
  xmp: null,
  faults: ['What it says about itself was not read: the file is damaged.'],
};

function jpegFileTexts(bytes: Uint8Array): FileTexts {
  if (!leadsToPixels(bytes)) return broken;
  const { exif, faults } = exifTexts(exifBlock(bytes));
  const named: PngText[] = [];
  let xmp: string | null = null;
  for (const { marker, data } of jpegSegments(bytes)) {
    if (marker === 0xfe) named.push({ keyword: 'Comment', text: plainText(data) });
    else if (marker === 0xe1 && plainText(data.subarray(0, xmpHeader.length)) === xmpHeader.slice(0, -1)) {
      xmp ??= xmpUserComment(plainText(data.subarray(xmpHeader.length)));
    }
  }
  return { named, exif, xmp, faults };
}

function webpFileTexts(bytes: Uint8Array): FileTexts {
  if (!isFilled(bytes)) return broken;
  const { exif, faults } = exifTexts(exifBlock(bytes));
  const packet = [...webpChunks(bytes)].find(({ type }) => type === 'XMP ');
  if (packet === undefined) return { named: [], exif, xmp: null, faults };
  if (packet.data.length > pngTextLimits.bytesPerText) {
    return { named: [], exif, xmp: null, faults: [...faults, 'Its XMP packet is longer than 4 MiB and was not read.'] };
  }
  return { named: [], exif, xmp: xmpUserComment(plainText(packet.data)), faults };
}

function exifTexts(block: Uint8Array | null): { exif: ExifText[]; faults: string[] } {
  if (block === null) return { exif: [], faults: [] };
  const { texts, faults } = readExif(block);
  return { exif: texts, faults };
}

function isExif(data: Uint8Array): boolean {
  return plainText(data.subarray(0, 6)) === 'Exif';
}
