/**
 * A baseline JPEG of 8 × 8 pixels in CMYK with Adobe's marker, by hand: one flat block for each ink, cyan full, the others
 * none. Inks are stored inverted, as Adobe's programs do; a flat block is its DC coefficient, 8 · (value − 128), here
 * quantised by 8.
 */
const segment = (marker: number, ...body: number[]): number[] => [0xff, marker, 0, body.length + 2, ...body];

export const cmykJpeg = Uint8Array.from([
  ...[0xff, 0xd8],
  // "Adobe", version 100, no flags, no colour transform.
  ...segment(0xee, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0),
  ...segment(0xdb, 0, ...new Array<number>(64).fill(8)),
  ...segment(0xc0, 8, 0, 8, 0, 8, 4, ...[1, 2, 3, 4].flatMap((ink) => [ink, 0x11, 0])),
  // DC: 0 → eight bits follow, 10 → seven. AC: 0 → end of block.
  ...segment(0xc4, 0x00, 1, 1, ...new Array<number>(14).fill(0), 8, 7),
  ...segment(0xc4, 0x10, 1, ...new Array<number>(15).fill(0), 0),
  ...segment(0xda, 4, ...[1, 2, 3, 4].flatMap((ink) => [ink, 0]), 0, 63, 0),
  // −128, then three times 127, each with its end of block.
  ...[0b00111111, 0b10101111, 0b11101011, 0b11111010, 0b11111110],
  ...[0xff, 0xd9],
]);
