/** The analyses as charts and tables; the window and the command line show the same. Pure. */
import { chartColours, knowingNothing, quiet, rampColour, roundTicks, type Chart } from './chart.js';
import { strideName, type EntropyCurve, type SeedPicture, type SpectrumCurve } from '../tokens/analyses.js';

export type EntropyMeasure = 'entropy' | 'surprisal';

const measureLabels: Record<EntropyMeasure, string> = {
  entropy: 'entropy of the expectation, nats',
  surprisal: 'surprisal by the token, nats',
};

/** `codebookSize` bounds the axis: a model that knows nothing expects log(codebookSize). */
export function entropyChart(
  curves: readonly EntropyCurve[],
  { measure, pictures, codebookSize }: { measure: EntropyMeasure; pictures: number; codebookSize: number },
): Chart {
  const count = curves[0]?.entropy.length ?? 2;
  const largest = Math.max(Math.log(codebookSize), ...curves.flatMap((curve) => curve[measure]));
  return {
    title: `Next-token ${measure} by position, mean of ${countOf(pictures, 'picture')}`,
    x: { label: 'position in the order of reading', from: 1, to: Math.max(2, count), ticks: wholeTicks(count) },
    y: { label: measureLabels[measure], from: 0, to: largest, ticks: roundTicks(0, largest) },
    lines: [
      ...curves.map((curve, index) => ({
        label: strideName(curve.stride),
        colour: chartColours[index % chartColours.length]!,
        points: curve[measure].map((value, place) => [place + 1, value] as const),
      })),
      knowingNothing(codebookSize, { from: 1, to: Math.max(2, count) }),
    ],
  };
}

/** Decibels against 1; the mean level, 0 cycles, is left out. */
export function spectrumChart(curves: readonly SpectrumCurve[]): Chart {
  const rings = Math.max(3, ...curves.map(({ power }) => power.length));
  const levels = curves.flatMap(({ power }) => power.slice(1).map(decibels));
  const [lowest, highest] = levels.length === 0 ? [-100, 0] : [Math.min(...levels), Math.max(...levels)];
  const from = Math.floor(lowest / 10) * 10;
  const to = Math.max(from + 10, Math.ceil(highest / 10) * 10);
  const decoded = curves.filter(({ tokens }) => tokens !== null);
  return {
    title: 'Power spectrum by number of tokens',
    x: { label: 'cycles per picture', from: 1, to: rings - 1, logarithmic: true, ticks: doublingTicks(rings - 1) },
    y: { label: 'power, dB', from, to, ticks: roundTicks(from, to) },
    lines: curves.map((curve) => ({
      label: spectrumName(curve),
      colour: curve.tokens === null ? quiet : rampColour(decoded.indexOf(curve) / Math.max(1, decoded.length - 1)),
      dashed: curve.tokens === null,
      points: curve.power.flatMap((power, cycles) => (cycles === 0 ? [] : [[cycles, decibels(power)] as const])),
    })),
  };
}

export function spectrumName({ tokens }: Pick<SpectrumCurve, 'tokens'>): string {
  return tokens === null ? 'the picture' : countOf(tokens, 'token');
}

/** Power of 10^-12 is far below a step of 8-bit colour; nothing at all has no logarithm. */
export function decibels(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-12));
}

/** One line a position: what it measures in each order, nats. */
export function entropyTable(curves: readonly EntropyCurve[]): string {
  const head = [
    'position',
    ...curves.flatMap(({ stride }) => [`entropy_stride_${stride}`, `surprisal_stride_${stride}`]),
  ];
  const places = curves[0]?.entropy.map((_, place) => [
    place + 1,
    ...curves.flatMap(({ entropy, surprisal }) => [entropy[place]!.toFixed(6), surprisal[place]!.toFixed(6)]),
  ]);
  return table(head, places ?? []);
}

/** One line a frequency: power of each picture. */
export function spectrumTable(curves: readonly SpectrumCurve[]): string {
  const head = [
    'cycles',
    ...curves.map(({ tokens }) => (tokens === null ? 'power_picture' : `power_${tokens}_tokens`)),
  ];
  const rings = Math.max(0, ...curves.map(({ power }) => power.length));
  const lines = Array.from({ length: rings }, (_, cycles) => [
    cycles,
    ...curves.map(({ power }) => power[cycles]?.toExponential(6) ?? ''),
  ]);
  return table(head, lines);
}

/** One line a picture; what is not known, the first one's agreement with itself, is empty. */
export function seedsTable(pictures: readonly Omit<SeedPicture, 'image'>[]): string {
  return table(
    ['seed', 'psnr_to_first_db'],
    pictures.map(({ seed, agreement }) => [seed ?? 'renderer', agreement?.toFixed(4) ?? '']),
  );
}

function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  return `${[head, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

function countOf(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** 1 and round numbers up to K. */
function wholeTicks(count: number): { at: number; text: string }[] {
  return [{ at: 1, text: '1' }, ...roundTicks(0, count, 8).filter(({ at }) => at > 1 && Number.isInteger(at))];
}

function doublingTicks(largest: number): { at: number; text: string }[] {
  const ticks: { at: number; text: string }[] = [];
  for (let at = 1; at <= largest; at *= 2) ticks.push({ at, text: String(at) });
  return ticks;
}
