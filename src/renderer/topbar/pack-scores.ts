/** What a pack was measured to do, in words and in groups. Pure. */
import type { PackScore } from '../../shared/packs/pack.js';

export interface ScoreRow {
  name: string;
  value: string;
  /** Between which values it lies for certain enough; empty where that was not measured. */
  between: string;
}

export interface ScoreGroup {
  title: string;
  rows: ScoreRow[];
}

/** These stand with the examples themselves. */
const elsewhere = 'example';

/** In the order of the pack; `textToImage.oneObject` is “one object” under “Text to image”. */
export function scoreGroups(
  scores: readonly Pick<PackScore, 'measure' | 'value' | 'unit' | 'interval'>[],
): ScoreGroup[] {
  const groups = new Map<string, ScoreRow[]>();
  for (const score of scores) {
    const [group = '', ...rest] = score.measure.split('.');
    if (group === elsewhere) continue;
    const rows = groups.get(group) ?? [];
    rows.push({
      name: wordsOf(rest.length === 0 ? group : rest.join(' ')),
      value: numberText(score.value, score.unit),
      between: score.interval?.map((end) => bare(end, score.unit)).join('–') ?? '',
    });
    groups.set(group, rows);
  }
  return [...groups].map(([group, rows]) => ({ title: capitalised(wordsOf(group)), rows }));
}

function numberText(value: number, unit: string): string {
  if (unit === 'share') return `${bare(value, unit)} %`;
  return unit === '' ? bare(value, unit) : `${bare(value, unit)} ${unit}`;
}

function bare(value: number, unit: string): string {
  if (unit === 'share') return String(Math.round(100 * value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** `attributeBinding` → “attribute binding”; what is a name in capitals stays one. */
function wordsOf(name: string): string {
  return name.replace(
    /([a-z])([A-Z])(?=[a-z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}

function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
