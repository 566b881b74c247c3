/**
 * The colour of a token along coarse → fine. Lightness rises monotonically in OKLCH, so the order survives
 * a black-and-white print and every common colour vision deficiency.
 */
const stops = [
  { lightness: 0.56, chroma: 0.19, hue: 292 },
  { lightness: 0.62, chroma: 0.17, hue: 258 },
  { lightness: 0.72, chroma: 0.12, hue: 205 },
  { lightness: 0.82, chroma: 0.15, hue: 158 },
  { lightness: 0.9, chroma: 0.16, hue: 108 },
] as const;

export interface RampColour {
  lightness: number;
  chroma: number;
  hue: number;
}

/** Colour at `fineness`, 0 = coarsest (V_K) … 1 = finest (V_1). */
export function rampColour(fineness: number): RampColour {
  const scaled = Math.min(1, Math.max(0, fineness)) * (stops.length - 1);
  const lower = Math.min(stops.length - 2, Math.floor(scaled));
  const share = scaled - lower;
  const [from, to] = [stops[lower]!, stops[lower + 1]!];
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    lightness: mix(from.lightness, to.lightness),
    chroma: mix(from.chroma, to.chroma),
    hue: mix(from.hue, to.hue),
  };
}

/** Colour of token `index` of `count` where CSS variables do not reach, `lightness` times as light. */
export function tokenColourAt(index: number, count: number, lightnessFactor: number): string {
  const { lightness, chroma, hue } = rampColour(fineness(index, count));
  return `oklch(${(lightness * lightnessFactor).toFixed(3)} ${chroma.toFixed(3)} ${hue.toFixed(1)})`;
}

function fineness(index: number, count: number): number {
  return count <= 1 ? 1 : 1 - index / (count - 1);
}

/** CSS colour of token `index` of `count`; `--ramp-lightness` darkens the whole ramp on light surfaces. */
export function tokenColour(index: number, count: number): string {
  const { lightness, chroma, hue } = rampColour(fineness(index, count));
  return `oklch(calc(${lightness.toFixed(3)} * var(--ramp-lightness, 1)) ${chroma.toFixed(3)} ${hue.toFixed(1)})`;
}
