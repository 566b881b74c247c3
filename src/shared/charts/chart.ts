/** A line chart as data: made once, drawn by the window, as SVG text and as pixels. Pure. */

export interface ChartAxis {
  label: string;
  from: number;
  /** Larger than `from`. */
  to: number;
  /** Even steps multiply; `from` is then above 0. */
  logarithmic?: boolean;
  ticks: { at: number; text: string }[];
}

export interface ChartLine {
  label: string;
  /** #rrggbb */
  colour: string;
  dashed?: boolean;
  points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  title: string;
  x: ChartAxis;
  y: ChartAxis;
  lines: ChartLine[];
}

/** What a language model would be that knows nothing of the tokens: all as likely as each other. */
export function knowingNothing(codebookSize: number, { from, to }: { from: number; to: number }): ChartLine {
  const entropy = Math.log(codebookSize);
  return {
    label: 'knowing nothing',
    colour: quiet,
    dashed: true,
    points: [
      [from, entropy],
      [to, entropy],
    ],
  };
}

/** Where a value lies on the axis: 0 = its beginning, 1 = its end; beyond them outside. */
export function shareOf({ from, to, logarithmic = false }: ChartAxis, value: number): number {
  if (!logarithmic) return (value - from) / (to - from);
  return Math.log(Math.max(value, Number.MIN_VALUE) / from) / Math.log(to / from);
}

/** The value at a share of the axis: the way back from a pointer. */
export function valueAt({ from, to, logarithmic = false }: ChartAxis, share: number): number {
  return logarithmic ? from * (to / from) ** share : from + share * (to - from);
}

/** Round numbers between `from` and `to`, about `wanted` of them. */
export function roundTicks(from: number, to: number, wanted = 6): { at: number; text: string }[] {
  const rough = (to - from) / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * [1, 2, 5, 10].find((factor) => factor * magnitude >= rough * 0.999)!;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: { at: number; text: string }[] = [];
  for (let index = Math.ceil(from / step - 1e-9); index * step <= to + 1e-9 * step; index++) {
    ticks.push({ at: index * step, text: (index * step).toFixed(digits) });
  }
  return ticks;
}

/** Of what is there to be compared with. */
export const quiet = '#8a8f99';

/** Eight colours people with any colour vision tell apart, on white and on dark grey (after M. Okabe and K. Ito, 2008). */
export const chartColours = [
  '#4c8dff',
  '#e8862e',
  '#2fa884',
  '#c77db6',
  quiet,
  '#d6b13a',
  '#c8553d',
  '#5bb7d6',
] as const;

/** From violet (few, coarse) over blue-green to amber (all, fine), as tokens are coloured; `share` 0…1. */
export function rampColour(share: number): string {
  const stops = [
    [128, 96, 245],
    [22, 164, 190],
    [206, 170, 40],
  ] as const;
  const [from, to] = share < 0.5 ? [stops[0], stops[1]] : [stops[1], stops[2]];
  const within = share < 0.5 ? 2 * share : 2 * share - 1;
  const mixed = from.map((value, channel) => Math.round(value + within * (to[channel]! - value)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
