/** Pictures with an EXIF block, a colour profile and, where there is room for one, an XMP packet. */
import { deflateSync } from 'node:zlib';
import { concatenated, pngChunk } from '../../src/main/storage/images/png-chunks.js';
import { canvas, chunk, exifChunk, plainPixels, webp } from '../../tools/withstand/crafted-containers.js';
import { soundProfile } from '../../tools/withstand/crafted-profiles.js';
import { comment, exif, packet } from './known-files.js';

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const words = 'a boat\nNegative prompt: grey\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 8x8, Model: m';
export const exifBlock = exif(comment(words, 'little'));
const xmp = packet('{"c":"a boat"}').value;

function segment(marker: number, ...parts: Uint8Array[]): Uint8Array {
  const data = concatenated(parts);
  return concatenated([Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255), data]);
}

export function inJpeg(jpeg: Uint8Array): Uint8Array {
  // Behind its two first bytes. The profile in two parts, the second one first.
  const half = soundProfile.length >> 1;
  const parts = [soundProfile.subarray(0, half), soundProfile.subarray(half)].map((part, at) =>
    segment(0xe2, latin('ICC_PROFILE\0'), Uint8Array.of(at + 1, 2), part),
  );
  return concatenated([
    jpeg.subarray(0, 2),
    segment(0xe1, latin('Exif\0\0'), exifBlock),
    segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0'), xmp),
    ...parts.toReversed(),
    jpeg.subarray(2),
  ]);
}

export function inWebp(): Uint8Array {
  return webp(
    canvas(0x2c),
    chunk('ICCP', soundProfile),
    plainPixels(24, 24),
    chunk('EXIF', exifBlock),
    chunk('XMP ', xmp),
  );
}

export function inPng(png: Uint8Array): Uint8Array {
  const profile = pngChunk('iCCP', concatenated([latin('P3\0\0'), deflateSync(soundProfile)]));
  const said = pngChunk('iTXt', concatenated([latin('XML:com.adobe.xmp\0\0\0\0\0'), xmp]));
  return concatenated([png.subarray(0, 33), profile, exifChunk(exifBlock), said, png.subarray(33)]);
}
