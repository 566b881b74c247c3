/**
 * The first frame of a GIF file on its screen, unpacked by NetSurf's library as WebAssembly (package @cwasm/nsgif): memory-safe
 * whatever the file holds. What no frame covers is transparent, as in browsers.
 */
import { createRequire } from 'node:module';
import type * as Decoder from '@cwasm/nsgif';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { gifFrames } from '../../../shared/pictures/gif-blocks.js';
import { concatenated } from './png-chunks.js';

/** CommonJS, and compiled when the first GIF is met. */
const load = (): typeof Decoder => createRequire(import.meta.url)('@cwasm/nsgif') as typeof Decoder;
const trailer = Uint8Array.of(0x3b);

/** Of the screen; a first frame that reaches beyond it enlarges it. Null without one. */
export function gifSize(bytes: Uint8Array): { width: number; height: number } | null {
  const first = gifFrames(bytes).next().value;
  if (first === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    width: Math.max(view.getUint16(6, true), first.left + first.width),
    height: Math.max(view.getUint16(8, true), first.top + first.height),
  };
}

/** Throws an Error whose message is for the middle of a sentence. */
export function decodeGif(bytes: Uint8Array): RasterImage {
  const first = gifFrames(bytes).next().value;
  if (first === undefined || first.end > bytes.length) throw new Error('it ends too early');
  // Later frames cost time, and may be larger than the screen that was checked.
  const { width, height, data } = load().decode(concatenated([bytes.subarray(0, first.end), trailer]));
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
