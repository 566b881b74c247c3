import { quantile } from '../evaluation/measures.js';

export interface Measurement {
  name: string;
  unit: 'ms' | 's' | 'MB' | '%';
  /** Null when it could not be measured here; `remark` says why. */
  value: number | null;
  /** At most this. */
  target: number;
  /** Every run behind the value, in the same unit. */
  runs: number[];
  remark?: string;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function meetsTarget({ value, target }: Measurement): boolean | null {
  return value === null ? null : value <= target;
}

export function formatTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map((one) => [
    one.name,
    one.value === null ? '–' : `${format(one.value, one.unit)} ${one.unit}`,
    `≤ ${one.target} ${one.unit}`,
    { true: 'met', false: 'MISSED', null: 'not measured' }[String(meetsTarget(one)) as 'true' | 'false' | 'null'],
    one.remark ?? '',
  ]);
  const all = [['measure', 'median', 'target', '', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function format(value: number, unit: Measurement['unit']): string {
  return value.toFixed(unit === 's' ? 2 : 1);
}
