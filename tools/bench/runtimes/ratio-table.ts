/** What several runtimes took for the same work, as a table of medians and of ratios to the studio's engine. Pure. */
import { median } from '../measurement.js';

/** The name of ours among the runtimes. */
export const ours = 'studio';

export interface RuntimeFigure {
  /** A graph of the pack, or `lm`: tokens written one after the other. */
  case: string;
  runtime: string;
  /** Of one run each, milliseconds; none where it could not be run. */
  runs: readonly number[];
  /** Largest difference from our answer, and how large ours is at most; of tokens how many differ, and how many there are. Null for our own. */
  apart: { largest: number; scale: number; counted: boolean } | null;
  /** Runs of the graph behind each figure: 1, or 1 for the prefix and 1 for each token written. */
  steps: number;
  /** Why there are no runs. */
  reason?: string;
}

/** How many times as long as ours: above 1 is slower than the studio. Null where either was not measured. */
export function ratioToOurs(figures: readonly RuntimeFigure[], figure: RuntimeFigure): number | null {
  const own = figures.find((one) => one.case === figure.case && one.runtime === ours);
  if (own === undefined || own.runs.length === 0 || figure.runs.length === 0) return null;
  return median(figure.runs) / median(own.runs);
}

/** Markdown: one row for each case and runtime. */
export function ratioTable(figures: readonly RuntimeFigure[]): string {
  const head = [
    'graph',
    'runtime',
    'median ms',
    'fastest',
    'slowest',
    'per second',
    'times ours',
    'farthest from ours',
  ];
  const rows = figures.map((figure) => {
    const { runs, steps } = figure;
    if (runs.length === 0) return [figure.case, figure.runtime, '–', '', '', '', '', figure.reason ?? ''];
    const middle = median(runs);
    const ratio = ratioToOurs(figures, figure);
    return [
      steps === 1 ? figure.case : `${figure.case}, ${steps - 1} tokens`,
      figure.runtime,
      ...[middle, Math.min(...runs), Math.max(...runs)].map((value) => value.toFixed(1)),
      ((1000 * Math.max(1, steps - 1)) / middle).toFixed(1),
      ratio === null ? '' : ratio.toFixed(2),
      apartWords(figure),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function apartWords({ apart }: RuntimeFigure): string {
  if (apart === null) return '';
  if (apart.counted) return `${apart.largest} of ${apart.scale} tokens`;
  return `${apart.largest.toExponential(0)} of ${apart.scale.toPrecision(2)}`;
}
