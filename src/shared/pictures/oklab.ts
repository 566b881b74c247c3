/** Colours in OKLab, in which Euclidean distance is close to perceived difference (B. Ottosson, 2020). Pure. */

/** Lightness 0…1, then green to red and blue to yellow, both about -0.4…0.4. */
export type OklabColour = readonly [lightness: number, a: number, b: number];

/** sRGB byte 0…255 → linear light 0…1. */
export const linearOfByte: Readonly<Float32Array> = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** From linear light, 0…1 each. */
export function oklabOfLinear(red: number, green: number, blue: number): OklabColour {
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

/** From sRGB bytes, 0…255 each; fractions are cut off. */
export function oklabOfBytes(red: number, green: number, blue: number): OklabColour {
  return oklabOfLinear(linearOfByte[red & 255]!, linearOfByte[green & 255]!, linearOfByte[blue & 255]!);
}

/** How different two colours look; black and white are 1 apart. */
export function oklabDistance(one: OklabColour, other: OklabColour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}
