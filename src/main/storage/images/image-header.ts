/** What an image file says about itself before anything is decoded: its format and size, straight from its first bytes. */
import { StudioError } from '../../../shared/errors.js';
import { pictureKind } from '../../../shared/pictures/file-kind.js';
import { gifSize } from './gif.js';
import { webpSize } from './webp.js';

export interface ImageHeader {
  format: 'png' | 'jpeg' | 'webp' | 'gif';
  width: number;
  height: number;
}

/** Throws `image-unreadable`, naming what is wrong. */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw unreadable('the file is empty');
  const header = headerOf(bytes);
  if (header === null) throw unreadable('it is neither a PNG, a JPEG, a WebP nor a GIF file');
  if (header.width === 0 || header.height === 0) throw unreadable('it has no pixels');
  return header;
}

/** By content; null for any other kind of file. */
function headerOf(bytes: Uint8Array): ImageHeader | null {
  switch (pictureKind(bytes)) {
    case 'png':
      return readPngHeader(bytes);
    case 'jpeg':
      return readJpegHeader(bytes);
    case 'webp':
      return readWebpHeader(bytes);
    case 'gif':
      return readGifHeader(bytes);
    default:
      return null;
  }
}

export function unreadable(what: string, cause?: unknown): StudioError {
  return new StudioError(
    'image-unreadable',
    `The image cannot be read: ${what}.`,
    'Open it in another program and save it again as PNG, JPEG or WebP.',
    { cause },
  );
}

/** The first chunk must be IHDR: width and height are its first eight bytes (PNG specification, 11.2.2). */
function readPngHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 33) throw unreadable('the PNG file ends inside its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(12) !== 0x49484452) throw unreadable('the PNG file does not begin with its header');
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
}

function readWebpHeader(bytes: Uint8Array): ImageHeader {
  const size = webpSize(bytes);
  if (size === null) throw unreadable('the WebP file ends inside its header');
  return { format: 'webp', ...size };
}

function readGifHeader(bytes: Uint8Array): ImageHeader {
  const size = gifSize(bytes);
  if (size === null) throw unreadable('the GIF file ends before its first frame');
  return { format: 'gif', ...size };
}

/** Walks the marker segments to the first frame header, SOF0…SOF15 (ITU-T T.81, annex B). */
function readJpegHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw unreadable('the JPEG file holds a damaged marker');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) throw unreadable('the JPEG file has no frame header');
    const isStandalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    if (isStandalone) {
      at += 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (isFrameHeader(marker)) {
      if (at + 9 > bytes.length) break;
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    if (length < 2) throw unreadable('the JPEG file holds a damaged segment');
    at += 2 + length;
  }
  throw unreadable('the JPEG file ends inside its header');
}

/** C4 (Huffman tables), C8 (reserved) and CC (arithmetic coding) lie in the range but are no frame headers. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
