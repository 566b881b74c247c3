/**
 * One side of an X/Y grid: which parameter changes along it, and the values a person wrote for it. Pure.
 *
 * Numbers: values and ranges separated by commas, `1, 2, 5`, `1-5`, `1..9 step 2`, `9..1 step 2`. A range starts at its first
 * value and never passes its last; without a step it goes by 1. Prompts: one on a line, `{a|b}` standing for one each.
 */
import { shortened } from '../text/cut-text.js';
import type { PackManifest } from '../packs/pack.js';
import { seedLimits } from '../limits.js';
import { isWholeSetting, settingNames, settingTable, type SettingName } from '../jobs/settings.js';
import { alternativesProblem, countAlternatives, expandAlternatives } from './prompt-alternatives.js';

/** Of what a person wrote, in a sentence about it. */
const longestShown = 24;

export type GridParameter = 'seed' | 'prompt' | SettingName | 'keepFrom';

export const gridParameters: readonly GridParameter[] = ['seed', 'prompt', ...settingNames, 'keepFrom'];
export type NumberParameter = Exclude<GridParameter, 'prompt'>;

export type GridAxis =
  { parameter: 'prompt'; values: readonly string[] } | { parameter: NumberParameter; values: readonly number[] };

/** `problem`: what is wrong with the text, a sentence a person reads beside the field. */
export type AxisReading = { axis: GridAxis; problem: null } | { axis: null; problem: string };

/** Values along one side, and pictures of one grid. */
export const gridLimits = { values: 24, cells: 144 } as const;

export interface ValueLimits {
  smallest: number;
  largest: number;
  /** Only whole numbers. */
  whole: boolean;
}

export function limitsOf(parameter: NumberParameter, manifest: Pick<PackManifest, 'tokens'>): ValueLimits {
  if (parameter === 'seed') return { ...seedLimits, whole: true };
  if (parameter === 'keepFrom') return { smallest: 0, largest: manifest.tokens.count, whole: true };
  const { smallest, largest } = settingTable[parameter].offered;
  return { smallest, largest, whole: isWholeSetting(parameter) };
}

/** Each value once, in the order written. Any text is legal; what cannot be run is a problem in words. */
export function readAxis(parameter: GridParameter, text: string, manifest: Pick<PackManifest, 'tokens'>): AxisReading {
  if (parameter === 'prompt') return readPrompts(text);
  const limits = limitsOf(parameter, manifest);
  const items = text.split(',').map((item) => item.trim());
  // A comma at the end is somebody still writing.
  if (items.length > 1 && items.at(-1) === '') items.pop();
  const values: number[] = [];
  for (const item of items) {
    const read = readItem(item, limits);
    if (typeof read === 'string') return { axis: null, problem: read };
    values.push(...read);
    if (values.length > tooMany) return { axis: null, problem: tooManyValues(values.length) };
  }
  return complete({ parameter, values: unique(values) });
}

/** What a person would write for these values. */
export function axisText(axis: GridAxis): string {
  return axis.parameter === 'prompt' ? axis.values.join('\n') : axis.values.map(formatNumber).join(', ');
}

/** Duplicates are dropped later; far more than can be shown is not even listed. */
const tooMany = gridLimits.values * 8;

const numberPattern = String.raw`-?(?:\d+(?:\.\d+)?|\.\d+)`;
const rangePattern = new RegExp(
  String.raw`^(${numberPattern})\s*(?:-|–|\.\.\.?|…|to)\s*(${numberPattern})(?:\s*(?:step|by)\s*(${numberPattern}))?$`,
  'i',
);
const singlePattern = new RegExp(`^${numberPattern}$`);

function readItem(item: string, limits: ValueLimits): number[] | string {
  if (item === '') return 'Write values such as 1, 2, 5 or 1-5 or 1..9 step 2.';
  if (singlePattern.test(item)) return checked([Number(item)], limits);
  const range = rangePattern.exec(item);
  if (range === null) return `“${shortened(item, longestShown)}” is no number and no range such as 1-5 or 1..9 step 2.`;
  const [from, to, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)];
  if (step <= 0) return `The step of “${shortened(item, longestShown)}” must be more than 0.`;
  // The rounding of a sum of decimals must not cost the last value.
  const count = Math.floor(Math.abs(to - from) / step + 1e-9) + 1;
  if (count > tooMany) return tooManyValues(count);
  const decimals = Math.max(decimalsOf(range[1]!), decimalsOf(range[3] ?? ''));
  const sign = to < from ? -1 : 1;
  return checked(
    Array.from({ length: count }, (_, index) => Number((from + sign * index * step).toFixed(decimals))),
    limits,
  );
}

function checked(values: number[], { smallest, largest, whole }: ValueLimits): number[] | string {
  const wrong = values.find((value) => value < smallest || value > largest || (whole && !Number.isInteger(value)));
  if (wrong === undefined) return values;
  const kind = whole ? 'a whole number' : 'a number';
  return `${formatNumber(wrong)} does not fit: it must be ${kind} from ${smallest} to ${largest}.`;
}

function readPrompts(text: string): AxisReading {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const nested = lines.map(alternativesProblem).find((problem) => problem !== null);
  if (nested !== undefined) return { axis: null, problem: nested };
  const count = lines.reduce((sum, line) => sum + countAlternatives(line), 0);
  if (count > tooMany) return { axis: null, problem: tooManyValues(count) };
  const values = unique(lines.flatMap((line) => expandAlternatives(line, tooMany))).filter((line) => line !== '');
  return complete({ parameter: 'prompt', values });
}

function complete(axis: GridAxis): AxisReading {
  if (axis.values.length === 0) return { axis: null, problem: 'Write one prompt on each line.' };
  if (axis.values.length > gridLimits.values) return { axis: null, problem: tooManyValues(axis.values.length) };
  return { axis, problem: null };
}

function tooManyValues(count: number): string {
  return `That makes ${formatNumber(count)} values; the most along one side is ${gridLimits.values}.`;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function decimalsOf(number: string): number {
  return number.split('.')[1]?.length ?? 0;
}

/** Without an exponent, however long it is. */
function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 10 });
}
