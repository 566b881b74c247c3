/**
 * In which colours a file's numbers are meant: its ICC profile, or what a PNG says in its own chunks, brought into the same form
 * (a profile of primaries and a curve), so that one path leads to sRGB.
 */
import { inflateSync } from 'node:zlib';
import { jpegSegments } from './jpeg-segments.js';
import { profileLimits } from './limits.js';
import { concatenated, pngChunks } from './png-chunks.js';
import { matrixProfile, type Chromaticities, type Curve } from './matrix-profile.js';
import { webpChunks } from './webp-chunks.js';

/** The bytes of a profile; null: sRGB, or nothing said. `fault`: what was said and cannot be used, one sentence. */
export interface ColourSpace {
  profile: Uint8Array | null;
  fault: string | null;
}

const damagedProfile: ColourSpace = {
  profile: null,
  fault: 'Its colour profile is damaged or too long, so its colours are taken as sRGB.',
};
const srgb: Chromaticities = { white: [0.3127, 0.329], red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };
/** Code points of ITU-T H.273 for primaries. */
const primaries: Record<number, Chromaticities> = {
  1: srgb,
  9: { white: [0.3127, 0.329], red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  11: { white: [0.314, 0.351], red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
  12: { white: [0.3127, 0.329], red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
};
/** And for curves: those of video are close to the square of 2.4 that screens show; perceptual and hybrid ones are high dynamic range. */
const curves: Record<number, Curve> = { 4: { gamma: 2.2 }, 5: { gamma: 2.8 }, 8: { gamma: 1 }, 13: 'srgb' };

export function colourSpaceOf(bytes: Uint8Array): ColourSpace {
  const jpeg = jpegProfile(bytes);
  if (jpeg !== null) return withinBounds(jpeg);
  const webp = [...webpChunks(bytes)].find(({ type }) => type === 'ICCP');
  return webp === undefined ? pngColours(bytes) : withinBounds(webp.data);
}

function withinBounds(profile: Uint8Array): ColourSpace {
  return profile.length > profileLimits.bytes ? damagedProfile : { profile, fault: null };
}

/** A profile that needs more than one segment is numbered, 1 first (ICC.1, B.4). */
function jpegProfile(bytes: Uint8Array): Uint8Array | null {
  const parts: Uint8Array[] = [];
  for (const { marker, data } of jpegSegments(bytes)) {
    const isPart = marker === 0xe2 && data.length > 14 && Buffer.from(data.subarray(0, 12)).toString('latin1') === 'ICC_PROFILE\0'; // prettier-ignore
    if (isPart) parts[data[12]!] = data.subarray(14);
  }
  const found = parts.filter((part) => part !== undefined);
  return found.length === 0 ? null : concatenated(found);
}

/** In this order: cICP, iCCP, sRGB, then gAMA and cHRM (PNG specification, third edition, 13.17). */
function pngColours(bytes: Uint8Array): ColourSpace {
  const said = new Map<string, Uint8Array>();
  const wanted = new Set(['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM']);
  for (const { type, data, isWhole } of pngChunks(bytes, (type) => wanted.has(type))) {
    if (type === 'IDAT') break;
    if (isWhole && wanted.has(type)) said.set(type, data);
  }
  const points = said.get('cICP');
  if (points !== undefined && points.length === 4) return fromCodePoints(points[0]!, points[1]!);
  const packed = said.get('iCCP');
  if (packed !== undefined) return unpackedProfile(packed);
  if (said.has('sRGB')) return { profile: null, fault: null };
  return fromGammaAndPrimaries(said.get('gAMA'), said.get('cHRM'));
}

function fromCodePoints(primary: number, transfer: number): ColourSpace {
  const [where, curve] = [primaries[primary], curves[transfer]];
  if (where === undefined || curve === undefined) {
    return { profile: null, fault: 'Its colours are of a kind that cannot be shown here (high dynamic range, perhaps), so they are only close.' }; // prettier-ignore
  }
  return { profile: where === srgb && curve === 'srgb' ? null : matrixProfile(where, curve), fault: null };
}

/** A name, a zero, the method 0, and the profile packed by zlib (11.3.2.3). */
function unpackedProfile(data: Uint8Array): ColourSpace {
  const end = data.subarray(0, 80).indexOf(0);
  try {
    if (end < 1 || data[end + 1] !== 0) throw new Error('no profile');
    return { profile: inflateSync(data.subarray(end + 2), { maxOutputLength: profileLimits.bytes }), fault: null };
  } catch {
    return damagedProfile;
  }
}

/** Eight numbers, white first, and the exponent of the file, in hundred-thousandths (11.3.2.1, 11.3.2.2). */
function fromGammaAndPrimaries(gamma: Uint8Array | undefined, chromaticities: Uint8Array | undefined): ColourSpace {
  const numbers = (data: Uint8Array): number[] =>
    Array.from({ length: data.length >> 2 }, (_, at) => new DataView(data.buffer, data.byteOffset).getUint32(at * 4) / 100_000); // prettier-ignore
  const nothing: ColourSpace = { profile: null, fault: null };
  const exponent = gamma === undefined || gamma.length !== 4 ? null : numbers(gamma)[0]!;
  const xy = chromaticities === undefined || chromaticities.length !== 32 ? null : numbers(chromaticities);
  if (exponent === null && xy === null) return nothing;
  if (exponent !== null && (exponent < 0.1 || exponent > 10)) return nothing;
  // 1 ⁄ 2.2 is what writers of sRGB's own curve put here, of Display P3 as well.
  const curve: Curve = exponent === null || Math.abs(exponent - 1 / 2.2) < 0.005 ? 'srgb' : { gamma: 1 / exponent };
  const pair = (at: number): [number, number] => [xy![at]!, xy![at + 1]!];
  const where = xy === null ? srgb : { white: pair(0), red: pair(2), green: pair(4), blue: pair(6) };
  const isSrgb = curve === 'srgb' && (['white', 'red', 'green', 'blue'] as const).every((name) => where[name].every((value, at) => Math.abs(value - srgb[name][at]!) < 0.005)); // prettier-ignore
  if (isSrgb) return nothing;
  const profile = matrixProfile(where, curve);
  return { profile, fault: profile === null ? 'Its colour primaries make no sense, so its colours are taken as sRGB.' : null }; // prettier-ignore
}
