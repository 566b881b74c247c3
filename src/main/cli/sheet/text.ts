import { fitText as fitTo, wrapLines } from '../../../shared/text/fit-text.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { Colour } from './colours.js';

/** The classic 5 × 7 dot-matrix font (with one row for descenders): five column bytes a character, bit 0 at the top, from U+0020 to U+007E. */
const glyphs = [
  '000000000000005f00000007000700147f147f14242a7f2a12231308646236495620500008070300001c2241000041221c002a1c7f1c2a08083e0808',
  '00807030000808080808000060600020100804023e5149453e00427f400072494949462141494d331814127f1027454545393c4a4949314121110907',
  '3649494936464949291e0000140000004034000000081422411414141414004122140802015909063e415d594e7c1211127c7f494949363e41414122',
  '7f4141413e7f494949417f090909013e414151737f0808087f00417f41002040413f017f081422417f404040407f021c027f7f0408107f3e4141413e',
  '7f090909063e4151215e7f09192946264949493203017f01033f4040403f1f2040201f3f4038403f631408146303047804036159494d43007f414141',
  '0204081020004141417f04020102044040404040000307080020545478407f284444383844444428384444287f385454541800087e090218a4a49c78',
  '7f0804047800447d40002040403d007f1028440000417f40007c047804787c080404783844444438fc1824241818242418fc7c080404084854545424',
  '04043f44243c4040207c1c2040201c3c4030403c44281028444c9090907c4464544c440008364100000077000000413608000201020402',
].join('');

export const characterWidth = 6;
export const lineHeight = 10;

/** Signs beside the alphabet that have a plain stand-in; accents come off by themselves. */
const standIns: Readonly<Record<string, string>> = {
  '…': '...', '–': '-', '—': '-', '−': '-', '‘': "'", '’': "'", '“': '"', '”': '"', '«': '"', '»': '"', '·': '-', '×': 'x',
  'ß': 'ss', 'æ': 'ae', 'Æ': 'AE', 'œ': 'oe', 'Œ': 'OE', 'ø': 'o', 'Ø': 'O', 'đ': 'd', 'Đ': 'D', 'ł': 'l', 'Ł': 'L', 'ı': 'i',
}; // prettier-ignore

let hear: (character: string) => void = () => {};

/** Told of every character that becomes a “?”, so that a command can say so. */
export function hearUnwritten(listener: (character: string) => void): void {
  hear = listener;
}

/** As these letters can write it: without accents, other signs by their stand-ins, what is left as “?”. */
export function writable(text: string): string {
  return Array.from(text.normalize('NFC'), plain).join('');
}

function plain(character: string): string {
  const bare = standIns[character] ?? character.normalize('NFD').replaceAll(/\p{M}+/gu, '');
  if (/^[ -~]*$/.test(bare)) return bare;
  hear(character);
  return '?';
}

/** Writes one line, as `writable` has it. `scale` is a whole number of pixels per dot. */
export function drawText(image: RasterImage, text: string, left: number, top: number, colour: Colour, scale = 1): void {
  [...writable(text)].forEach((character, position) => {
    const index = character.codePointAt(0)! - 0x20;
    for (let column = 0; column < 5; column++) {
      const bits = Number.parseInt(glyphs.slice(index * 10 + column * 2, index * 10 + column * 2 + 2), 16);
      for (let row = 0; row < 8; row++) {
        if ((bits >> row) & 1) {
          fillDot(image, left + (position * characterWidth + column) * scale, top + row * scale, scale, colour);
        }
      }
    }
  });
}

function fillDot(image: RasterImage, left: number, top: number, size: number, [red, green, blue]: Colour): void {
  for (let y = Math.max(0, top); y < Math.min(image.height, top + size); y++) {
    for (let x = Math.max(0, left); x < Math.min(image.width, left + size); x++) {
      image.data.set([red, green, blue, 255], (y * image.width + x) * 4);
    }
  }
}

/** Shortens a text to the width it has, in pixels at scale 1. */
export function fitText(text: string, width: number): string {
  return fitTo(writable(text), width, widthOf, '..');
}

/** Lines no wider than `width` pixels at scale 1, broken at spaces; the last of `lines` is shortened when the text goes on. */
export function wrapText(text: string, width: number, lines: number): string[] {
  return text === '' ? [] : wrapLines(writable(text), width, widthOf, lines, '..');
}

function widthOf(text: string): number {
  return text.length * characterWidth;
}
