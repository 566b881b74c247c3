/** The self-check in words. Pure. */
import type { ReadingDifference } from '../../shared/pictures/edit-check.js';

export function differenceText({ kind, what, now }: ReadingDifference): {
  sign: string;
  /** The sign for those who hear it. */
  spoken: string;
  text: string;
  now: string | null;
} {
  const sign = { added: '+', removed: '−', changed: '~', background: '~' }[kind];
  const spoken = { added: 'new', removed: 'gone', changed: 'changed', background: 'changed' }[kind];
  return { sign, spoken, text: kind === 'background' ? `background ${what}` : what, now: now ?? null };
}

/** “12 %”, “0.4 %”, “under 0.1 %”. */
export function share(value: number): string {
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}
